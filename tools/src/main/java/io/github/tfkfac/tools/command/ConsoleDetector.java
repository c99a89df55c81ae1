package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.evaluate.CocoMetrics;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectionListener;
import io.github.tfkfac.detection.train.DetectionStep;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.render.TrainingProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A detector's run with progress on the console, ended early by Ctrl-C or SIGTERM.
 *
 * @param console where to write
 * @param name shown with the progress
 */
record ConsoleDetector(Console console, String name) {

  /** Trains to the end or to Ctrl-C. */
  @SuppressWarnings("try") // the interruption is listened to by being open
  DetectorOutcome run(RecordedDetectorRun recorded) throws IOException {
    console
        .err()
        .printf(
            "%s, %s on %s: %s, folder %s%s%n",
            name,
            recorded.run().settings().name(),
            recorded.run().images().train().name(),
            Counts.of(recorded.run().settings().steps(), "step"),
            ShellWords.path(recorded.run().folder().path()),
            recorded
                .resume()
                .checkpoint()
                .map(checkpoint -> ", going on from " + checkpoint.getFileName())
                .orElse(""));
    recorded.resume().skipped().forEach(one -> ResumedRuns.skipped(one, console));
    console.err().flush();
    StopSignal stop = new StopSignal();
    try (Interruption interruption = Interruption.listen(console, stop::request);
        Progress progress =
            new Progress(console, name, recorded.run().settings().optimizer().refreshPeriod())) {
      return recorded.run(List.of(progress), progress::line, stop);
    }
  }

  /** Message about an interrupted run. */
  static String interrupted(RecordedDetectorRun recorded) {
    return "interrupted; to continue: ./kfac detect train --resume "
        + ShellWords.path(recorded.run().folder().path())
        + "\n";
  }

  private static final class Progress implements DetectionListener, AutoCloseable {
    private static final Duration PERIOD_IN_LOG = Duration.ofSeconds(10);

    private final Console console;
    private final String name;
    private @Nullable TrainingProgress progress;
    private final Optional<Long> refreshPeriod;
    private @Nullable SlowSteps slow;
    private long images;

    Progress(Console console, String name, Optional<Long> refreshPeriod) {
      this.console = console;
      this.name = name;
      this.refreshPeriod = refreshPeriod;
    }

    @Override
    public void started(long step, long totalSteps) {
      progress =
          TrainingProgress.open(
              console, new TrainingProgress.Plan(name, step, totalSteps), PERIOD_IN_LOG);
      slow =
          refreshPeriod
              .map(
                  period ->
                      new SlowSteps(period, step, totalSteps, System::nanoTime).watch(this::line))
              .orElse(null);
    }

    @Override
    public void stepped(DetectionStep step) {
      if (slow != null) {
        slow.stepped(step.step());
      }
      images += step.images().size();
      if (progress != null) {
        progress.update(new TrainingProgress.State(step.step(), images, step.loss(), Double.NaN));
      }
    }

    @Override
    public void evaluated(long step, DetectionEvaluator.Outcome outcome) {
      line("after step " + step + ": boxes " + text(outcome.boxes().metrics()));
      outcome
          .masks()
          .ifPresent(masks -> line("after step " + step + ": masks " + text(masks.metrics())));
    }

    private static String text(CocoMetrics metrics) {
      return String.format(
          Locale.ROOT, "AP %.3f AP50 %.3f AP75 %.3f", metrics.ap(), metrics.ap50(), metrics.ap75());
    }

    private void line(String text) {
      console.err().println((console.terminal() ? "\r\u001b[K" : "") + name + "  " + text);
      console.err().flush();
    }

    @Override
    public void close() {
      if (slow != null) {
        slow.close();
      }
      if (progress != null) {
        progress.close();
      }
    }
  }
}
