package io.github.tfkfac.tools.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Trains planned runs; what comes out of them lies in their folders. */
@FunctionalInterface
public interface RunExecutor {

  /**
   * Rejects runs that cannot be trained, before anything is written.
   *
   * @throws io.github.tfkfac.tools.error.UserError naming what is wrong
   */
  default void requireUsable(List<PlannedRun> runs) {}

  /**
   * Trains those of a series that have not ended before, and resumes those that were interrupted.
   *
   * @param folder of the experiment
   * @return whether all have ended; false if the program was asked to stop
   */
  boolean train(List<PlannedRun> runs, Path folder) throws IOException;
}
