package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.Plot.Scale;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Steps to a target as a function of the batch size, for each optimizer's best setting.
 *
 * @param result the runs
 * @param series whose
 * @param target what is to be reached
 */
record BatchScaling(ExperimentResult result, String series, TargetLoss target) {

  /** The best setting of an optimizer at a batch size. */
  private record Best(String arm, List<MeasuredRun> runs) {}

  List<Section> findings() {
    List<Section> findings = new ArrayList<>();
    findings.add(new Heading("Result on " + series));
    List<List<String>> rows = new ArrayList<>();
    List<Curve> steps = new ArrayList<>();
    List<Curve> seconds = new ArrayList<>();
    List<Curve> accuracy = new ArrayList<>();
    for (String optimizer : optimizers()) {
      Map<Integer, Best> best = best(optimizer);
      rows(optimizer, best, rows);
      if (!best.isEmpty()) {
        steps.add(curve(optimizer, best, target::steps));
        steps.add(ideal(optimizer, best));
        seconds.add(curve(optimizer, best, target::seconds));
        accuracy.add(curve(optimizer, best, run -> 100 * run.finished().testAccuracy()));
      }
    }
    findings.add(new TableSection(new Table(columns(), rows)));
    if (steps.isEmpty()) {
      findings.add(new Paragraph("No setting reached the target with every seed."));
    } else {
      findings.add(
          Figure.of(
              "scaling-" + series,
              "Best setting of each optimizer at each batch size: steps and seconds of training to"
                  + " the target, and the test accuracy at the end; means over the seeds with 95 %"
                  + " intervals.",
              List.of(
                  plot("Steps to the target", "steps", Scale.LOGARITHMIC, steps),
                  plot("Time to the target", "seconds", Scale.LOGARITHMIC, seconds),
                  plot("Test accuracy at the end", "accuracy %", Scale.LINEAR, accuracy))));
    }
    return findings;
  }

  private static Plot plot(String title, String yLabel, Scale scale, List<Curve> curves) {
    return new Plot(title, "batch size", Scale.BINARY, yLabel, scale, curves);
  }

  private Set<String> optimizers() {
    Set<String> optimizers = new LinkedHashSet<>();
    result
        .arms(series)
        .values()
        .forEach(runs -> optimizers.add(runs.get(0).planned().arm().options().get("optimizer")));
    return optimizers;
  }

  private boolean reached(List<MeasuredRun> runs) {
    return runs.stream().allMatch(run -> run.complete() && target.in(run).isPresent());
  }

  private static int batch(List<MeasuredRun> runs) {
    return Integer.parseInt(runs.get(0).option("batch"));
  }

  private Map<Integer, Best> best(String optimizer) {
    Map<Integer, Best> best = new TreeMap<>();
    result
        .arms(series)
        .forEach(
            (arm, runs) -> {
              if (optimizer.equals(runs.get(0).planned().arm().options().get("optimizer"))
                  && reached(runs)) {
                best.merge(batch(runs), new Best(arm, runs), BatchScaling.this::better);
              }
            });
    return best;
  }

  private Best better(Best one, Best other) {
    return Comparator.<Best>comparingDouble(this::meanSteps).compare(one, other) <= 0 ? one : other;
  }

  private double meanSteps(Best best) {
    return ExperimentResult.mean(best.runs(), target::steps)
        .map(MeanInterval::mean)
        .orElse(Double.POSITIVE_INFINITY);
  }

  private void rows(String optimizer, Map<Integer, Best> best, List<List<String>> rows) {
    Map<Integer, int[]> settings = new TreeMap<>();
    result
        .arms(series)
        .values()
        .forEach(
            runs -> {
              if (optimizer.equals(runs.get(0).planned().arm().options().get("optimizer"))) {
                int[] counts = settings.computeIfAbsent(batch(runs), b -> new int[2]);
                counts[0]++;
                counts[1] += reached(runs) ? 1 : 0;
              }
            });
    settings.forEach(
        (batch, counts) -> {
          Optional<Best> found = Optional.ofNullable(best.get(batch));
          double ideal = best.isEmpty() ? Double.NaN : ideal(best, batch);
          double steps = found.map(this::meanSteps).orElse(Double.NaN);
          rows.add(
              List.of(
                  optimizer,
                  Integer.toString(batch),
                  counts[1] + " of " + counts[0],
                  found.map(Best::arm).orElse(MetricTable.NOTHING),
                  cell(found, target::steps, 0),
                  MetricTable.number(ideal, 0),
                  MetricTable.number(100 * ideal / steps, 0),
                  cell(found, target::seconds, 2),
                  cell(found, run -> 100 * run.finished().testAccuracy(), 2)));
        });
  }

  private static List<Column> columns() {
    return List.of(
        Column.text("optimizer"),
        Column.number("batch"),
        Column.number("settings that reach it"),
        Column.text("best setting"),
        Column.number("steps"),
        Column.number("ideal steps"),
        Column.number("of ideal %"),
        Column.number("s"),
        Column.number("test accuracy %"));
  }

  private static String cell(
      Optional<Best> best, ToDoubleFunction<MeasuredRun> number, int decimals) {
    return MetricTable.text(
        best.flatMap(found -> ExperimentResult.mean(found.runs(), number)), decimals);
  }

  /** Steps that the smallest batch size that reaches the target promises. */
  private double ideal(Map<Integer, Best> best, int batch) {
    Map.Entry<Integer, Best> first = best.entrySet().iterator().next();
    return meanSteps(first.getValue()) * first.getKey() / batch;
  }

  private Curve ideal(String optimizer, Map<Integer, Best> best) {
    return new Curve(
        optimizer + ", ideal",
        best.keySet().stream().map(batch -> new Curve.Point(batch, ideal(best, batch))).toList());
  }

  private static Curve curve(
      String name, Map<Integer, Best> best, ToDoubleFunction<MeasuredRun> number) {
    List<Curve.Point> points = new ArrayList<>();
    best.forEach(
        (batch, found) ->
            ExperimentResult.mean(found.runs(), number)
                .ifPresent(
                    mean -> {
                      double half = Double.isNaN(mean.halfWidth()) ? 0 : mean.halfWidth();
                      points.add(
                          new Curve.Point(
                              batch, mean.mean(), mean.mean() - half, mean.mean() + half));
                    }));
    return new Curve(name, points);
  }
}
