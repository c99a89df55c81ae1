package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.run.RunCurves;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Test accuracy and training loss of every arm against steps and against time. */
public final class ComparisonCurves {

  private ComparisonCurves() {}

  /** The four plots. */
  public static List<Plot> plots(ComparisonResult result) {
    return List.of(
        accuracy("step", result, arm -> curve -> curve),
        accuracy("seconds of training", result, ComparisonCurves::againstTime),
        loss("step", result, arm -> curve -> curve),
        loss("seconds of training", result, ComparisonCurves::againstTime));
  }

  /** Horizontal axis that the curves of an arm are drawn against. */
  private interface Axis {
    UnaryOperator<Curve> of(ArmResult arm);
  }

  private static Plot accuracy(String xLabel, ComparisonResult result, Axis axis) {
    List<Curve> curves = curves(result, axis, MetricsListener.TEST_ACCURACY, false);
    return new Plot("Test accuracy", xLabel, "accuracy %", Plot.Scale.LINEAR, curves);
  }

  private static Plot loss(String xLabel, ComparisonResult result, Axis axis) {
    List<Curve> curves = curves(result, axis, MetricsListener.LOSS, true);
    return new Plot("Training loss", xLabel, "loss", RunCurves.lossScale(curves), curves);
  }

  private static List<Curve> curves(
      ComparisonResult result, Axis axis, String metric, boolean loss) {
    List<Curve> curves = new ArrayList<>();
    for (ArmResult arm : result.arms()) {
      List<Curve> runs = new ArrayList<>();
      for (FinishedRun run : arm.complete()) {
        List<Curve.Point> points = RunCurves.of(run.rows(), metric);
        runs.add(
            loss
                ? RunCurves.smoothed(arm.label(), points)
                : new Curve(arm.label(), RunCurves.percent(points)));
      }
      curves.add(axis.of(arm).apply(Curve.mean(arm.label(), runs)));
    }
    return curves;
  }

  /** Puts each step where the arm's runs have it on the average. */
  private static UnaryOperator<Curve> againstTime(ArmResult arm) {
    Map<Double, Double> sums = new TreeMap<>();
    for (FinishedRun run : arm.complete()) {
      run.secondsUntil().forEach((step, seconds) -> sums.merge(step, seconds, Double::sum));
    }
    int runs = arm.complete().size();
    return curve ->
        new Curve(
            curve.name(),
            curve.points().stream()
                .map(
                    p ->
                        new Curve.Point(
                            sums.getOrDefault(p.x(), Double.NaN) / runs, p.y(), p.low(), p.high()))
                .toList());
  }
}
