package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A run with progress on the console, ended early by Ctrl-C or SIGTERM.
 *
 * @param console where to write
 * @param name shown with the progress
 */
record ConsoleRun(Console console, String name) {

  /**
   * Trains to the end or to Ctrl-C.
   *
   * @param summary what is said in the end; an interrupted program still has the time for it
   * @return the exit code
   */
  @SuppressWarnings("try") // the interruption is listened to by being open
  int run(RecordedRun recorded, Function<ClassificationRun.Outcome, String> summary)
      throws IOException {
    ClassificationRun run = recorded.run();
    console
        .err()
        .printf(
            "%s on %s with %s: %s, folder %s%s%n",
            run.settings().model(),
            run.images().train(),
            name,
            Counts.of(run.totalSteps(), "step"),
            ShellWords.path(run.folder().path()),
            recorded
                .resumeFrom()
                .map(checkpoint -> ", going on from " + checkpoint.getFileName())
                .orElse(""));
    console.err().flush();
    StopSignal stop = new StopSignal();
    try (Interruption interruption = Interruption.listen(console, stop::request)) {
      ClassificationRun.Outcome outcome = trained(recorded, stop);
      console.out().print(summary.apply(outcome));
      console.out().flush();
      return outcome.finished() ? 0 : Interruption.exitCode();
    }
  }

  private ClassificationRun.Outcome trained(RecordedRun recorded, StopSignal stop)
      throws IOException {
    try (ConsoleProgress progress =
        new ConsoleProgress(console, name, recorded.run().settings().optimizer().refreshPeriod())) {
      return recorded.run(List.of(progress), stop);
    }
  }
}
