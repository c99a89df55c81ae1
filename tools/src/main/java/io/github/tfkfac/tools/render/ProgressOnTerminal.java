package io.github.tfkfac.tools.render;

import io.github.tfkfac.tools.cli.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress as one redrawn line with a bar and the time left.
 *
 * <p>The line is written here and not by the library, whose own terminal takes Ctrl-C away from the
 * JVM: the program would end without saving.
 */
final class ProgressOnTerminal implements TrainingProgress {
  private static final int REDRAW_MILLIS = 250;
  private static final String LINE_START = "\r";
  private static final String ERASE_REST = "\u001b[K";

  private final PrintWriter out;
  private final ProgressBar bar;
  private final LongSupplier nanoTime;
  private final long start;

  ProgressOnTerminal(Plan plan, PrintWriter out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(plan.name())
            .setInitialMax(plan.lastStep())
            .startsFrom(plan.firstStep(), Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .setConsumer(new DelegatingProgressBarConsumer(this::redraw, Console.columns() - 1))
            .continuousUpdate()
            .build();
  }

  @Override
  public void update(State state) {
    Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - start);
    bar.setExtraMessage(" " + ProgressText.shortNumbers(state, elapsed));
    bar.stepTo(state.step());
  }

  private void redraw(String line) {
    out.print(LINE_START + line + ERASE_REST);
    out.flush();
  }

  @Override
  public void close() {
    bar.close();
    out.println();
    out.flush();
  }
}
