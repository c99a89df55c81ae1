package io.github.tfkfac.tools.render;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Progress as whole lines: the first state, one per period, the last state. */
final class ProgressInLog implements TrainingProgress {
  private final Plan plan;
  private final PrintWriter out;
  private final Duration period;
  private final LongSupplier nanoTime;
  private final long start;
  private long lastLine;
  private @Nullable State unprinted;

  ProgressInLog(Plan plan, PrintWriter out, Duration period, LongSupplier nanoTime) {
    this.plan = plan;
    this.out = out;
    this.period = period;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.lastLine = start - period.toNanos();
  }

  @Override
  public void update(State state) {
    long now = nanoTime.getAsLong();
    if (now - lastLine >= period.toNanos()) {
      print(state, now);
    } else {
      unprinted = state;
    }
  }

  @Override
  public void close() {
    if (unprinted != null) {
      print(unprinted, nanoTime.getAsLong());
    }
  }

  private void print(State state, long now) {
    out.println(ProgressText.line(plan, state, Duration.ofNanos(now - start)));
    out.flush();
    lastLine = now;
    unprinted = null;
  }
}
