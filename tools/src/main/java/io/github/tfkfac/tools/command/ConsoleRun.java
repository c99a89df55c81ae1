package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingDivergedException;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.Task;
import io.github.tfkfac.tools.worker.LocalParent;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A run with progress on the console, ended early by Ctrl-C or SIGTERM.
 *
 * @param console where to write
 * @param name shown with the progress
 */
public record ConsoleRun(Console console, String name) {

  /**
   * Trains to the end or to Ctrl-C.
   *
   * @param summary what is said in the end; an interrupted program still has the time for it
   * @return the exit code
   */
  public <T extends Task<T, O>, O extends Task.Outcome> int run(
      RecordedRun<T, O> recorded, Function<O, String> summary) throws IOException {
    return run(recorded, outcome -> {}, summary);
  }

  /**
   * The same with what belongs to the end of a run.
   *
   * @param last done with the outcome of a finished run before its end is recorded
   */
  @SuppressWarnings("try") // the interruption is listened to by being open
  public <T extends Task<T, O>, O extends Task.Outcome> int run(
      RecordedRun<T, O> recorded, Consumer<O> last, Function<O, String> summary)
      throws IOException {
    T task = recorded.task();
    if (!task.workers().isChief()) {
      return runForOthers(recorded);
    }
    console
        .err()
        .printf(
            "%s: %s, folder %s%s%n",
            task.title(name),
            Counts.of(task.totalSteps(), "step"),
            ShellWords.path(task.folder().path()),
            recorded
                .resumeFrom()
                .map(checkpoint -> ", going on from " + checkpoint.getFileName())
                .orElse(""));
    console.err().flush();
    StopSignal stop = new StopSignal();
    LocalParent.ofThisProcess().ifPresent(parent -> parent.whenGone(stop::request));
    try (Interruption interruption = Interruption.listen(console, stop::request)) {
      O outcome = trained(recorded, stop, last);
      console.out().print(summary.apply(outcome));
      console.out().flush();
      return outcome.finished() ? 0 : Interruption.exitCode();
    }
  }

  /** The part of a worker that leaves all writing to the chief. */
  @SuppressWarnings("try") // as above
  private <T extends Task<T, O>, O extends Task.Outcome> int runForOthers(
      RecordedRun<T, O> recorded) throws IOException {
    StopSignal stop = new StopSignal();
    LocalParent.ofThisProcess().ifPresent(parent -> parent.whenGone(stop::request));
    try (Interruption interruption = Interruption.listen(console, stop::request)) {
      O outcome = recorded.run(List.of(), line -> {}, stop);
      return outcome.finished() ? 0 : Interruption.exitCode();
    }
  }

  /**
   * The same for one of several runs: that its numbers are no longer finite is recorded, and the
   * others go on.
   *
   * @return the exit code, 0 if the run has ended
   */
  public <T extends Task<T, O>, O extends Task.Outcome> int runAmongOthers(
      RecordedRun<T, O> recorded, Function<O, String> summary) throws IOException {
    try {
      return run(recorded, summary);
    } catch (TrainingDivergedException why) {
      recorded.diverged(why);
      console.err().println(name + ": diverged: " + why.getMessage());
      return 0;
    }
  }

  private <T extends Task<T, O>, O extends Task.Outcome> O trained(
      RecordedRun<T, O> recorded, StopSignal stop, Consumer<O> last) throws IOException {
    try (ConsoleProgress progress =
        new ConsoleProgress(console, name, recorded.task().optimizer().refreshPeriod())) {
      return recorded.run(List.of(progress), progress::line, stop, last);
    }
  }
}
