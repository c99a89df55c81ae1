package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.tools.statistics.Spread;

/**
 * All that a {@link StaggeredBenchmark} finds.
 *
 * @param together the window with all refreshes in its first step
 * @param staggered the window with the refreshes spread over it
 * @param largestOrder order of the largest factor
 * @param largestRefresh milliseconds of a Newton refresh of such a factor, measured alone
 * @param isSound whether no step was skipped and no statistic or inverse rejected
 */
public record StaggeredMeasurement(
    WindowTimes together,
    WindowTimes staggered,
    int largestOrder,
    Spread largestRefresh,
    boolean isSound) {

  /** Upper bound of the steps of an ideally spread window: a plain step and the largest refresh. */
  public double bound() {
    return staggered.summary().plain() + largestRefresh.min();
  }

  /** The longest staggered step over the {@link #bound}. */
  public double ratio() {
    return staggered.summary().largest() / bound();
  }

  /** The longest step with all refreshes in it over the same bound. */
  public double ratioTogether() {
    return together.summary().largest() / bound();
  }

  /** The window's time when staggered over that when not. */
  public double ratioOfTotals() {
    return staggered.summary().total() / together.summary().total();
  }
}
