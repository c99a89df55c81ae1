package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.lab.compare.Arm;
import java.nio.file.Path;

/**
 * One run of an experiment.
 *
 * @param series name of its series
 * @param task what is trained
 * @param arm its arm
 * @param seed its seed
 */
public record PlannedRun(String series, Series.Task task, Arm arm, long seed) {

  /** Its folder in the experiment's. */
  public Path folder(Path experiment) {
    return experiment.resolve(series).resolve(arm.folder(seed));
  }

  /** As reports name it. */
  public String name() {
    return series + "/" + arm.label() + " seed " + seed;
  }
}
