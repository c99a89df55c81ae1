package io.github.tfkfac.tools.lab.ablation;

import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Tables of the step-size study. */
final class AblationTables {

  private static final int ENOUGH_REFRESHES = 10;
  private static final List<String> BOX = List.of("AP", "AP50", "AP75", "APs", "APm", "APl");
  private static final List<String> MASK = List.of("AP", "AP50", "AP75");
  private static final Map<String, String> LABELS =
      Map.of(AblationPlan.SEARCH, "α* (line search)", AblationPlan.PAPER, "α = 1/‖BM‖ (paper)");

  private AblationTables() {}

  /** A row per rule, and their difference seed by seed; precisions in per cent. */
  static Table scores(String detector, List<AblationRun> runs) {
    boolean masks =
        of(detector, AblationPlan.PAPER, runs).stream().anyMatch(AblationTables::masked);
    List<Column> columns = new ArrayList<>(List.of(Column.text("rule"), Column.number("runs")));
    BOX.forEach(name -> columns.add(Column.number("box " + name)));
    if (masks) {
      MASK.forEach(name -> columns.add(Column.number("mask " + name)));
    }
    columns.add(Column.number("1/‖BM‖ or α* used in % of refreshes"));
    List<List<String>> rows = new ArrayList<>();
    for (String rule : AblationPlan.RULES) {
      List<AblationRun> some = of(detector, rule, runs);
      List<String> row =
          new ArrayList<>(List.of(LABELS.getOrDefault(rule, rule), Integer.toString(some.size())));
      BOX.forEach(name -> row.add(interval(some, run -> 100 * run.number("box", name))));
      if (masks) {
        MASK.forEach(name -> row.add(interval(some, run -> 100 * run.number("mask", name))));
      }
      row.add(interval(some, run -> 100 * run.firingRate()));
      rows.add(row);
    }
    List<String> delta = new ArrayList<>(List.of("Δ, paper − α*", ""));
    BOX.forEach(name -> delta.add(difference(detector, runs, "box", name)));
    if (masks) {
      MASK.forEach(name -> delta.add(difference(detector, runs, "mask", name)));
    }
    delta.add("");
    rows.add(delta);
    return new Table(columns, rows);
  }

  private static boolean masked(AblationRun run) {
    return run.run().settings().masks();
  }

  private static List<AblationRun> of(String detector, String rule, List<AblationRun> runs) {
    return runs.stream()
        .filter(run -> run.run().detector().equals(detector) && run.run().rule().equals(rule))
        .filter(run -> !run.diverged())
        .toList();
  }

  private static String interval(List<AblationRun> runs, ToDoubleFunction<AblationRun> value) {
    return text(runs.stream().mapToDouble(value).boxed().toList());
  }

  /** Over the seeds that both rules have. */
  private static String difference(
      String detector, List<AblationRun> runs, String overlap, String name) {
    List<Double> differences = new ArrayList<>();
    for (AblationRun paper : of(detector, AblationPlan.PAPER, runs)) {
      Optional<AblationRun> search =
          of(detector, AblationPlan.SEARCH, runs).stream()
              .filter(run -> run.run().seed() == paper.run().seed())
              .findFirst();
      search.ifPresent(
          other ->
              differences.add(100 * (paper.number(overlap, name) - other.number(overlap, name))));
    }
    return text(differences);
  }

  private static String text(List<Double> values) {
    return values.isEmpty() || values.stream().anyMatch(value -> Double.isNaN(value))
        ? ""
        : MeanInterval.of(values).text(1);
  }

  /** Caveats to be read with the table. */
  static List<String> remarks(String detector, List<AblationRun> runs) {
    List<String> lines = new ArrayList<>();
    List<AblationRun> some = new ArrayList<>();
    for (AblationRun run : runs) {
      if (run.run().detector().equals(detector)) {
        if (run.diverged()) {
          lines.add(
              run.run().folder() + " diverged: " + run.record().result().get("diverged") + ".");
        } else {
          some.add(run);
        }
      }
    }
    if (some.isEmpty()) {
      lines.add("No run has ended.");
      return lines;
    }
    double fewest = some.stream().mapToDouble(AblationRun::refreshes).min().orElse(0);
    lines.add(
        String.format(
            Locale.ROOT, "Every layer had at least %.0f Newton refreshes in each run.", fewest));
    if (fewest < ENOUGH_REFRESHES) {
      lines.add("That is too few to say anything of a step size.");
    }
    if (some.stream().allMatch(run -> run.firingRate() == 0)) {
      lines.add("The rules never differed: both rows are the same runs.");
    }
    return lines;
  }

  /** The supplement's tables 3 and 4. */
  static Table paper() {
    return new Table(
        List.of(
            Column.text("detector"),
            Column.text("rule"),
            Column.number("AP"),
            Column.number("AP.5"),
            Column.number("AP.75"),
            Column.number("APs"),
            Column.number("APm"),
            Column.number("APl"),
            Column.number("AP^m"),
            Column.number("AP^m.5"),
            Column.number("AP^m.75")),
        List.of(
            row("Faster R-CNN R50", "α*", "38.7 59.5 42.0 22.9 42.3 50.3 - - -"),
            row("Faster R-CNN R50", "α", "39.7 60.7 43.0 23.4 43.3 51.5 - - -"),
            row("Faster R-CNN R101", "α*", "39.1 59.5 42.6 22.6 42.9 51.2 - - -"),
            row("Faster R-CNN R101", "α", "41.3 62.0 45.0 24.4 44.7 54.9 - - -"),
            row("Mask R-CNN R50", "α*", "39.5 60.4 43.1 - - - 36.3 57.5 38.9"),
            row("Mask R-CNN R50", "α", "40.1 60.9 43.9 - - - 36.6 57.9 39.2"),
            row("Mask R-CNN R101", "α*", "41.4 61.9 45.4 - - - 37.4 59.0 40.2"),
            row("Mask R-CNN R101", "α", "41.8 62.1 45.9 - - - 37.8 59.2 40.3")));
  }

  private static List<String> row(String detector, String rule, String numbers) {
    List<String> cells = new ArrayList<>(List.of(detector, rule));
    for (String number : numbers.split(" ", -1)) {
      cells.add(number.equals("-") ? "" : number);
    }
    return cells;
  }

  /** A row per run. */
  static Table runs(List<AblationRun> runs) {
    return new Table(
        List.of(
            Column.text("run"),
            Column.number("AP"),
            Column.number("AP50"),
            Column.number("AP75"),
            Column.number("Newton refreshes"),
            Column.number("rule used %"),
            Column.number("seconds")),
        runs.stream()
            .map(
                run ->
                    List.of(
                        run.run().folder(),
                        percent(run.number("box", "AP")),
                        percent(run.number("box", "AP50")),
                        percent(run.number("box", "AP75")),
                        whole(run.refreshes()),
                        percent(run.firingRate()),
                        whole(run.seconds())))
            .toList());
  }

  private static String whole(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.0f", value);
  }

  private static String percent(double part) {
    return Double.isNaN(part) ? "" : String.format(Locale.ROOT, "%.1f", 100 * part);
  }

  /** The same for programs. */
  static String csv(List<AblationRun> runs) {
    String header =
        "detector,rule,seed,"
            + BOX.stream().map(name -> "box_" + name).collect(Collectors.joining(","))
            + ","
            + MASK.stream().map(name -> "mask_" + name).collect(Collectors.joining(","))
            + ",newton_refreshes,firing_rate,seconds\n";
    return header + runs.stream().map(AblationTables::line).collect(Collectors.joining());
  }

  private static String line(AblationRun run) {
    List<String> cells =
        new ArrayList<>(
            List.of(run.run().detector(), run.run().rule(), Long.toString(run.run().seed())));
    BOX.forEach(name -> cells.add(Double.toString(run.number("box", name))));
    MASK.forEach(name -> cells.add(Double.toString(run.number("mask", name))));
    cells.add(Double.toString(run.refreshes()));
    cells.add(Double.toString(run.firingRate()));
    cells.add(Double.toString(run.seconds()));
    return String.join(",", cells).replace("NaN", "") + "\n";
  }
}
