package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Times of the steps between a step and the same one an inverse period later, measured in several
 * such windows.
 *
 * @param steps every step of the window, in order
 */
public record WindowTimes(List<Step> steps) {

  /**
   * One step of the window.
   *
   * @param index steps since the window's begin
   * @param statistics whether the statistics were updated
   * @param refreshed how many factors were refreshed
   * @param milliseconds its time in every window
   */
  public record Step(int index, boolean statistics, long refreshed, List<Double> milliseconds) {
    public Step {
      milliseconds = List.copyOf(milliseconds);
    }

    /** The shortest of its times: what else runs on the machine can only lengthen them. */
    public double fastest() {
      return Spread.of(milliseconds).min();
    }

    /** The same step with one more measured time. */
    Step and(double time) {
      List<Double> more = new ArrayList<>(milliseconds);
      more.add(time);
      return new Step(index, statistics, refreshed, more);
    }

    boolean isPlain() {
      return !statistics && refreshed == 0;
    }
  }

  /**
   * Summary of a window: milliseconds, each step at its fastest, NaN where there is no such step.
   *
   * @param plain median of the steps with neither statistics nor a refresh
   * @param statistics median of the steps with statistics alone
   * @param largest the longest step
   * @param largestIndex its place in the window
   * @param largestWithoutStatistics the longest step without statistics
   * @param total sum over all steps
   * @param refreshSteps number of steps with a refresh
   * @param refreshedFactors number of factors refreshed in the window
   */
  public record Summary(
      double plain,
      double statistics,
      double largest,
      int largestIndex,
      double largestWithoutStatistics,
      double total,
      long refreshSteps,
      long refreshedFactors) {}

  /**
   * @throws IllegalArgumentException if there is no step
   */
  public WindowTimes {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("expected at least one step in a window, found none");
    }
  }

  /** The medians, extremes and sums. */
  public Summary summary() {
    double largest = largest(step -> true);
    return new Summary(
        median(Step::isPlain),
        median(step -> step.statistics() && step.refreshed() == 0),
        largest,
        steps.stream().filter(step -> step.fastest() == largest).findFirst().orElseThrow().index(),
        largest(step -> !step.statistics()),
        times(step -> true).stream().mapToDouble(Double::doubleValue).sum(),
        steps.stream().filter(step -> step.refreshed() > 0).count(),
        steps.stream().mapToLong(Step::refreshed).sum());
  }

  private double median(Predicate<Step> which) {
    Collection<Double> times = times(which);
    return times.isEmpty() ? Double.NaN : Spread.of(times).median();
  }

  private double largest(Predicate<Step> which) {
    Collection<Double> times = times(which);
    return times.isEmpty() ? Double.NaN : Spread.of(times).max();
  }

  private Collection<Double> times(Predicate<Step> which) {
    return steps.stream().filter(which).map(Step::fastest).toList();
  }
}
