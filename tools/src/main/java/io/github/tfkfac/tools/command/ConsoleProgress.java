package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.evaluate.CocoMetrics;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectionListener;
import io.github.tfkfac.models.train.TrainingListener.EvaluationReport;
import io.github.tfkfac.models.train.TrainingListener.HealthReport;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.render.EpochTrend;
import io.github.tfkfac.tools.render.FirstEstimate;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.TrainingProgress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run on the console while it trains: its state, after the first steps how long it will
 * take, and on a terminal the trend of every epoch.
 */
final class ConsoleProgress implements DetectionListener, AutoCloseable {

  private static final Duration PERIOD_IN_LOG = Duration.ofSeconds(10);

  private final Console console;
  private final String name;
  private final Optional<Long> refreshPeriod;
  private @Nullable TrainingProgress progress;
  private @Nullable SlowSteps slow;
  private @Nullable FirstEstimate estimate;
  private final EpochTrend trend = new EpochTrend();
  private int epoch;
  private long images;

  /**
   * Progress of the run called {@code name}.
   *
   * @param refreshPeriod steps between two refreshes of the inverses, if there are any
   */
  ConsoleProgress(Console console, String name, Optional<Long> refreshPeriod) {
    this.console = console;
    this.name = name;
    this.refreshPeriod = refreshPeriod;
  }

  @Override
  public void started(StartReport report) {
    progress =
        TrainingProgress.open(
            console,
            new TrainingProgress.Plan(name, report.step(), report.totalSteps()),
            PERIOD_IN_LOG);
    estimate = new FirstEstimate(report.totalSteps(), System::nanoTime);
    slow =
        refreshPeriod
            .map(
                period ->
                    new SlowSteps(period, report.step(), report.totalSteps(), System::nanoTime)
                        .watch(this::line))
            .orElse(null);
  }

  @Override
  public void stepped(StepReport report) {
    images += report.images();
    if (slow != null) {
      slow.stepped(report.step());
    }
    if (progress != null) {
      progress.update(
          new TrainingProgress.State(report.step(), images, report.loss(), report.accuracy()));
    }
    if (estimate != null) {
      estimate.stepped(report.step()).ifPresent(this::line);
    }
    if (console.terminal()) {
      addToTrend(report);
    }
  }

  private void addToTrend(StepReport report) {
    if (report.epoch() != epoch) {
      endEpoch();
    }
    epoch = report.epoch();
    trend.add(report.loss(), report.accuracy());
  }

  private void endEpoch() {
    if (trend.isOpen()) {
      line("epoch " + (epoch + 1) + ": " + trend.end());
    }
  }

  @Override
  public void healthChanged(HealthReport report) {
    if (report.skipped()) {
      line("step " + report.step() + " was skipped: a gradient was not finite");
    }
  }

  @Override
  public void evaluated(EvaluationReport report) {
    line(
        String.format(
            Locale.ROOT,
            "after step %d: test accuracy %s, test loss %.4f",
            report.step(),
            Quantities.accuracy(report.evaluation().accuracy()),
            report.evaluation().loss()));
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

  /** A line of its own; a bar is redrawn below it. */
  void line(String text) {
    console.err().println((console.terminal() ? "\r\u001b[K" : "") + name + "  " + text);
    console.err().flush();
  }

  @Override
  public void close() {
    endEpoch();
    if (slow != null) {
      slow.close();
      slow = null;
    }
    if (progress != null) {
      progress.close();
      progress = null;
    }
  }
}
