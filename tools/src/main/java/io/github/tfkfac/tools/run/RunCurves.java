package io.github.tfkfac.tools.run;

import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.PlotRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The curves of a run, from its metrics file. */
public final class RunCurves {

  private static final String STEP = "step";
  private static final int SMOOTHED_POINTS = 100;
  private static final double WIDE_RANGE = 10;

  private RunCurves() {}

  /** Draws training loss and test accuracy against the step into the run's {@code curves.png}. */
  static void write(RunFolder folder) throws IOException {
    List<Plot> plots = plots(RunRows.read(folder.metrics()));
    if (!plots.isEmpty()) {
      Files.write(folder.curves(), PlotRenderer.png(plots));
    }
  }

  /** Training loss and test accuracy of a classifier against the step; none before the first. */
  public static List<Plot> plots(List<MetricsRow> rows) {
    List<Plot> plots = new ArrayList<>();
    Curve loss = smoothed("training loss", of(rows, MetricsListener.LOSS));
    if (!loss.points().isEmpty()) {
      List<Curve> losses =
          List.of(loss, new Curve("test loss", of(rows, MetricsListener.TEST_LOSS)));
      plots.add(new Plot("Loss", STEP, "loss", lossScale(losses), losses));
      plots.add(
          new Plot(
              "Accuracy",
              STEP,
              "accuracy %",
              Plot.Scale.LINEAR,
              List.of(
                  smoothed("training accuracy", percent(of(rows, MetricsListener.ACCURACY))),
                  new Curve("test accuracy", percent(of(rows, MetricsListener.TEST_ACCURACY))))));
    }
    return plots;
  }

  /** How any run went besides: learning rate, refreshes, skipped steps, seconds. */
  public static List<Plot> course(List<MetricsRow> rows) {
    List<Curve> seconds =
        List.of(
            smoothed(
                "seconds",
                of(rows.stream().filter(row -> row.step() > 1).toList(), RunMetrics.SECONDS)));
    return Stream.of(
            new Plot(
                "Learning rate", STEP, "rate", Plot.Scale.LINEAR, curves(rows, "learning_rate")),
            new Plot(
                "Refreshes of inverses so far",
                STEP,
                "refreshes",
                Plot.Scale.LINEAR,
                curves(rows, "exact_refreshes", "newton_refreshes")),
            new Plot(
                "Skipped steps so far",
                STEP,
                "steps",
                Plot.Scale.LINEAR,
                curves(rows, "skipped_steps")),
            new Plot("Seconds of a step", STEP, "seconds", lossScale(seconds), seconds))
        .filter(RunCurves::showsAnything)
        .toList();
  }

  private static List<Curve> curves(List<MetricsRow> rows, String... metrics) {
    return Stream.of(metrics)
        .map(metric -> new Curve(metric.replace('_', ' '), of(rows, metric)))
        .toList();
  }

  /** Whether a value differs from zero. */
  public static boolean showsAnything(Plot plot) {
    return plot.curves().stream()
        .flatMap(curve -> curve.points().stream())
        .anyMatch(point -> point.y() != 0);
  }

  /** The points of one metric against the step; of several values at a step the last counts. */
  public static List<Curve.Point> of(List<MetricsRow> rows, String metric) {
    Map<Long, Double> values = new LinkedHashMap<>();
    for (MetricsRow row : rows) {
      Optional.ofNullable(row.values().get(metric))
          .ifPresent(value -> values.put(row.step(), value));
    }
    return values.entrySet().stream()
        .map(entry -> new Curve.Point(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** The points with parts of one in percent. */
  public static List<Curve.Point> percent(List<Curve.Point> points) {
    return points.stream().map(point -> new Curve.Point(point.x(), 100 * point.y())).toList();
  }

  /**
   * Means over neighboring points, so that about a hundred remain; points left over at the end join
   * the last mean.
   */
  public static Curve smoothed(String name, List<Curve.Point> points) {
    int width = Math.max(1, (points.size() + SMOOTHED_POINTS - 1) / SMOOTHED_POINTS);
    List<Curve.Point> means = new ArrayList<>();
    int from = 0;
    while (from < points.size()) {
      int to = from + 2 * width > points.size() ? points.size() : from + width;
      List<Curve.Point> part = points.subList(from, to);
      double y = part.stream().mapToDouble(Curve.Point::y).average().orElse(Double.NaN);
      means.add(new Curve.Point(part.get(part.size() - 1).x(), y));
      from = to;
    }
    return new Curve(name, means);
  }

  /** Powers of ten for losses that span more than one of them. */
  public static Plot.Scale lossScale(List<Curve> losses) {
    DoubleSummaryStatistics values =
        losses.stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(Curve.Point::y)
            .filter(y -> y > 0)
            .summaryStatistics();
    return values.getMax() > WIDE_RANGE * values.getMin()
        ? Plot.Scale.LOGARITHMIC
        : Plot.Scale.LINEAR;
  }
}
