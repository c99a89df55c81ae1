package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.lab.bench.NetworkStart;
import io.github.tfkfac.tools.lab.bench.StepMeasurement;
import io.github.tfkfac.tools.lab.bench.StepTimes;
import io.github.tfkfac.tools.lab.bench.StepTrace;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;
import java.util.Locale;

/** A step benchmark as text. */
final class StepText {

  private StepText() {}

  static String of(StepFacts facts) {
    NetworkOptions.Setting setting = facts.setting();
    StepMeasurement found = facts.measurement();
    return String.join(
        "\n",
        "%s on %s, %s, batch %d, %s, inverses in %s; times in milliseconds%n"
            .formatted(
                setting.model(),
                setting.image(),
                Counts.of(setting.classes(), "class", "classes"),
                setting.batch(),
                Counts.of(found.times().rounds().size(), "round"),
                facts.precision()),
        times(facts.summary()).text(),
        ratios(setting, facts.summary()).text(),
        starts(found).text(),
        peak(found));
  }

  /** The ten types of operations that take most of a traced part. */
  static String ofTrace(String part, StepTrace trace) {
    return "%s: %.1f ms from first to last kernel, %s%n"
            .formatted(
                part, trace.micros() / 1e3, Counts.of(trace.kernels().size(), "kernel", "kernels"))
        + new Table(
                List.of(
                    Column.text("operation"),
                    Column.number("kernels"),
                    Column.number("ms, all threads")),
                trace.byType().stream()
                    .limit(10)
                    .map(
                        total ->
                            List.of(
                                total.type(),
                                Long.toString(total.count()),
                                "%.1f".formatted(total.micros() / 1e3)))
                    .toList())
            .text();
  }

  private static Table times(StepTimes.Summary summary) {
    return spreads(
        "part",
        List.of(
            row("momentum, step", summary.momentum(), 1),
            row("NKFAC, plain step", summary.plain(), 1),
            row("NKFAC, step with statistics", summary.statistics(), 1),
            row("extra for statistics", summary.statisticsExtra(), 1),
            row("Newton refresh", summary.newtonRefresh(), 1),
            row("exact refresh", summary.exactRefresh(), 1),
            row("NKFAC, average step", summary.amortized(), 1)));
  }

  private static Table ratios(NetworkOptions.Setting setting, StepTimes.Summary summary) {
    return spreads(
        "ratio to momentum's step, in each round",
        List.of(
            row("plain step", summary.plainRatio(), 3),
            row(
                "average step (statistics every %d, Newton refresh every %d)"
                    .formatted(setting.statisticsPeriod(), setting.inversePeriod()),
                summary.amortizedRatio(),
                3),
            List.of(
                "average step, ratio of the medians",
                number(summary.ratioOfMedians(), 3),
                "",
                "")));
  }

  private static Table spreads(String title, List<List<String>> rows) {
    return new Table(
        List.of(
            Column.text(title),
            Column.number("median"),
            Column.number("min"),
            Column.number("max")),
        rows);
  }

  private static List<String> row(String name, Spread spread, int decimals) {
    return List.of(
        name,
        number(spread.median(), decimals),
        number(spread.min(), decimals),
        number(spread.max(), decimals));
  }

  private static Table starts(StepMeasurement found) {
    return new Table(
        List.of(
            Column.text("start"),
            Column.number("graph operations"),
            Column.number("build"),
            Column.number("first step")),
        List.of(start("momentum", found.momentum()), start("NKFAC", found.nkfac())));
  }

  private static List<String> start(String name, NetworkStart start) {
    return List.of(
        name,
        String.valueOf(start.operations()),
        number(start.buildMilliseconds(), 0),
        number(start.firstStepMilliseconds(), 0));
  }

  private static String peak(StepMeasurement found) {
    return found.peakBytes() == 0
        ? "Peak memory of the process: not told by this system\n"
        : "Peak memory of the process: %s with momentum alone, %s with both networks%n"
            .formatted(
                Quantities.bytes(found.peakBytesOfMomentum()), Quantities.bytes(found.peakBytes()));
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
