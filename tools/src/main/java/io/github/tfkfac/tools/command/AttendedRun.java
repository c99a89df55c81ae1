package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.util.List;

/**
 * A run with progress on the console, ended early by Ctrl-C.
 *
 * @param console where to write
 * @param name shown with the progress
 */
record AttendedRun(Console console, String name) {

  /**
   * Trains to the end or to Ctrl-C and says how it ended.
   *
   * @param goOn the command that goes on with an interrupted run
   * @return the exit code
   */
  @SuppressWarnings("try") // the interruption is listened to by being open
  int run(RecordedRun recorded, List<String> goOn) throws IOException {
    ClassificationRun run = recorded.run();
    long steps = run.settings().totalSteps(run.images());
    console
        .err()
        .printf(
            "%s on %s with %s: %d steps, folder %s%n",
            run.settings().model(),
            run.images().train(),
            name,
            steps,
            ShellWords.path(run.folder().path()));
    console.err().flush();
    StopSignal stop = new StopSignal();
    try (Interruption interruption = Interruption.listen(stop::request)) {
      ClassificationRun.Outcome outcome = trained(recorded, stop);
      console
          .out()
          .print(
              outcome.finished()
                  ? RunSummary.finished(outcome.training(), run.folder())
                  : RunSummary.interrupted(outcome.training(), steps, goOn));
      console.out().flush();
      return outcome.finished() ? 0 : Interruption.EXIT_CODE;
    }
  }

  private ClassificationRun.Outcome trained(RecordedRun recorded, StopSignal stop)
      throws IOException {
    try (RunProgress progress = new RunProgress(console, name)) {
      return recorded.run(List.of(progress), stop);
    }
  }
}
