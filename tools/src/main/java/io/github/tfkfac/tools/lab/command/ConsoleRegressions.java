package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.lab.experiment.RunExecutor;
import io.github.tfkfac.tools.lab.experiment.regression.RegressionExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains on planted targets, a line on the console for each run, ended early by Ctrl-C.
 *
 * @param console where to write
 * @param jobs runs at a time
 * @param arguments the command line, for records
 */
record ConsoleRegressions(Console console, int jobs, List<String> arguments)
    implements RunExecutor {

  @Override
  public void requireUsable(List<PlannedRun> runs) {
    executor(new StopSignal()).requireUsable(runs);
  }

  @Override
  @SuppressWarnings("try") // the interruption is listened to by being open
  public boolean train(List<PlannedRun> runs, Path folder) throws IOException {
    StopSignal stop = new StopSignal();
    try (Interruption interruption = Interruption.listen(console, stop::request)) {
      return executor(stop).train(runs, folder);
    }
  }

  private RegressionExecutor executor(StopSignal stop) {
    return new RegressionExecutor(jobs, arguments, this::line, stop);
  }

  private synchronized void line(String text) {
    console.err().println(text);
    console.err().flush();
  }
}
