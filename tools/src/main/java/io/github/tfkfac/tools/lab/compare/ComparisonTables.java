package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The numbers of a comparison as tables. */
public final class ComparisonTables {

  private static final String NOTHING = "–";

  /** Options that say nothing of the task: each run's own seed, and the place of the data. */
  private static final Set<String> UNCOMPARED = Set.of("seed", "data");

  private ComparisonTables() {}

  /** One row per arm. */
  public static Table arms(ComparisonResult result) {
    List<List<String>> rows = new ArrayList<>();
    for (ArmResult arm : result.arms()) {
      rows.add(
          List.of(
              arm.label(),
              Integer.toString(arm.complete().size()),
              text(arm.accuracy(), 2),
              text(arm.loss(), 4),
              text(arm.bestAccuracy(), 2),
              number(arm.medianStepSeconds(), 3),
              number(arm.meanStepSeconds(), 3),
              number(arm.wallSeconds(), 0)));
    }
    return new Table(
        List.of(
            Column.text("arm"),
            Column.number("runs"),
            Column.number("test accuracy %"),
            Column.number("test loss"),
            Column.number("best accuracy %"),
            Column.number("s/step (median)"),
            Column.number("s/step (mean)"),
            Column.number("s/run")),
        rows);
  }

  /** One row per run. */
  static Table runs(ComparisonResult result) {
    List<List<String>> rows = new ArrayList<>();
    for (FinishedRun run : result.runs()) {
      rows.add(
          List.of(
              run.arm(),
              Long.toString(run.seed()),
              Long.toString(run.steps()),
              run.divergence().isPresent() ? "diverged" : number(100 * run.testAccuracy(), 2),
              number(run.testLoss(), 4),
              best(run),
              Long.toString(run.exactRefreshes()),
              Long.toString(run.newtonRefreshes()),
              Long.toString(run.skippedSteps()),
              number(run.wallSeconds(), 0)));
    }
    return new Table(
        List.of(
            Column.text("arm"),
            Column.number("seed"),
            Column.number("steps"),
            Column.number("test accuracy %"),
            Column.number("test loss"),
            Column.number("best accuracy % (epoch)"),
            Column.number("exact refreshes"),
            Column.number("Newton refreshes"),
            Column.number("skipped steps"),
            Column.number("s/run")),
        rows);
  }

  /** The options in which arms differ, one row per arm. */
  public static Table differingOptions(ComparisonResult result) {
    Set<String> names = new TreeSet<>();
    for (FinishedRun run : result.runs()) {
      for (String name : run.record().options().keySet()) {
        if (!UNCOMPARED.contains(name) && !isCommon(result, name)) {
          names.add(name);
        }
      }
    }
    List<Column> columns = new ArrayList<>();
    columns.add(Column.text("arm"));
    names.forEach(name -> columns.add(Column.text(name)));
    List<List<String>> rows = new ArrayList<>();
    for (ArmResult arm : result.arms()) {
      Map<String, Object> options = arm.runs().get(0).record().options();
      List<String> row = new ArrayList<>();
      row.add(arm.label());
      names.forEach(name -> row.add(String.valueOf(options.getOrDefault(name, NOTHING))));
      rows.add(row);
    }
    return new Table(columns, rows);
  }

  /** The options that all runs share. */
  public static Map<String, String> commonOptions(ComparisonResult result) {
    Map<String, String> common = new LinkedHashMap<>();
    result
        .runs()
        .get(0)
        .record()
        .options()
        .forEach(
            (name, value) -> {
              if (!UNCOMPARED.contains(name) && isCommon(result, name)) {
                common.put(name, String.valueOf(value));
              }
            });
    return common;
  }

  private static boolean isCommon(ComparisonResult result, String name) {
    return result.optionValues(name).size() == 1
        && result.runs().stream().allMatch(run -> run.record().options().containsKey(name));
  }

  private static String best(FinishedRun run) {
    return run.bestEvaluation()
        .map(
            row ->
                number(100 * value(row, MetricsListener.TEST_ACCURACY), 2)
                    + " ("
                    + number(value(row, "epoch"), 0)
                    + ")")
        .orElse(NOTHING);
  }

  private static double value(MetricsRow row, String name) {
    return row.values().getOrDefault(name, Double.NaN);
  }

  private static String text(Optional<MeanInterval> interval, int decimals) {
    return interval.map(found -> found.text(decimals)).orElse(NOTHING);
  }

  static String number(double value, int decimals) {
    return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
