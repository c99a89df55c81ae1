package io.github.tfkfac.tools.render;

import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as one redrawn line with a bar and the time left. */
final class ProgressOnTerminal implements TrainingProgress {
  private static final int REDRAW_MILLIS = 250;

  private final ProgressBar bar;
  private final LongSupplier nanoTime;
  private final long start;

  ProgressOnTerminal(Plan plan, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(plan.name())
            .setInitialMax(plan.lastStep())
            .startsFrom(plan.firstStep(), Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .continuousUpdate()
            .build();
  }

  @Override
  public void update(State state) {
    Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - start);
    bar.setExtraMessage(" " + ProgressText.numbers(state, elapsed));
    bar.stepTo(state.step());
  }

  @Override
  public void close() {
    bar.close();
  }
}
