package io.github.tfkfac.tools.command;

import static io.github.tfkfac.tools.render.Quantities.bytes;
import static io.github.tfkfac.tools.render.Quantities.decimal;
import static io.github.tfkfac.tools.render.Quantities.percent;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.inspect.FactorFact;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.inspect.LayerFact;
import io.github.tfkfac.tools.inspect.LayerSize;
import io.github.tfkfac.tools.inspect.MemoryNeed;
import io.github.tfkfac.tools.inspect.Overhead;
import io.github.tfkfac.tools.inspect.StepCost;
import io.github.tfkfac.tools.inspect.VariableFact;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An inspection as text. */
final class InspectionText {

  private static final String NOTE =
      """
      Operations are floating point operations of the captured layers; overhead is what an average
      step adds to training. Kept of a factor are its moving average, if there is one, and what a
      refresh computes from it. Statistics of convolutions may take less than shown, because
      overlapping patches share products.
      """;

  private static final String NO_LAYERS =
      "No layers: every variable is trained without preconditioning.\n";

  private InspectionText() {}

  static String of(Inspection found) {
    String heading =
        "%s on %s, %s, batch %d, %s%n"
            .formatted(
                found.model(),
                found.input(),
                Counts.of(found.outputs(), "output"),
                found.batch(),
                found.optimizer());
    String variables = variables(found).text();
    return found.layers().isEmpty()
        ? String.join("\n", heading, variables, NO_LAYERS)
        : String.join(
            "\n",
            heading,
            variables,
            layers(found).text(),
            NOTE,
            parts(found).text(),
            memory(found.memory()) + advice(found));
  }

  private static String advice(Inspection found) {
    return found.advice().stream()
        .map(advice -> "%nrecommended: %s%n".formatted(advice.text()))
        .collect(Collectors.joining());
  }

  private static Table variables(Inspection found) {
    return new Table(
        List.of(
            Column.text("variable"),
            Column.text("shape"),
            Column.text("outcome"),
            Column.text("reason")),
        found.variables().stream().map(InspectionText::row).toList());
  }

  private static List<String> row(VariableFact variable) {
    return List.of(
        variable.name(),
        variable.shape().stream().map(String::valueOf).collect(Collectors.joining("x")),
        variable.outcome().name().toLowerCase(Locale.ROOT),
        variable.reason());
  }

  private static Table layers(Inspection found) {
    List<List<String>> rows = new ArrayList<>();
    found.layers().forEach(layer -> rows.add(row(layer)));
    List<String> total = new ArrayList<>(List.of("total", "", "", "", "", "", "", "", "", ""));
    total.add(bytes(found.layers().stream().mapToLong(LayerFact::keptBytes).sum()));
    total.addAll(costs(found.cost(), found.overhead()));
    rows.add(total);
    return new Table(
        List.of(
            Column.text("layer"),
            Column.text("kind"),
            Column.number("d_in"),
            Column.number("d_out"),
            Column.number("groups"),
            Column.number("rows"),
            Column.text("A"),
            Column.number("kept"),
            Column.text("G"),
            Column.number("kept"),
            Column.number("in all"),
            Column.number("training"),
            Column.number("statistics"),
            Column.number("refresh"),
            Column.number("exact"),
            Column.number("precondition"),
            Column.number("overhead")),
        rows);
  }

  private static List<String> row(LayerFact layer) {
    LayerSize size = layer.size();
    List<String> row = new ArrayList<>(List.of(layer.name(), layer.kind()));
    for (long count :
        new long[] {size.inputSize(), size.outputSize(), size.blocks(), size.rows()}) {
      row.add(String.valueOf(count));
    }
    for (FactorFact factor : List.of(layer.input(), layer.output())) {
      row.add(factor.structure());
      row.add(bytes(factor.averageBytes() + factor.derivedBytes()));
    }
    row.add(bytes(layer.keptBytes()));
    row.addAll(costs(layer.cost(), layer.overhead()));
    return row;
  }

  private static List<String> costs(StepCost cost, Overhead overhead) {
    return List.of(
        decimal(cost.training()),
        decimal(cost.statistics()),
        decimal(cost.iterativeRefresh()),
        decimal(cost.exactRefresh()),
        decimal(cost.preconditioning()),
        percent(overhead.total()));
  }

  private static Table parts(Inspection found) {
    StepCost cost = found.cost();
    Overhead overhead = found.overhead();
    List<List<String>> rows = new ArrayList<>();
    rows.add(part("training", cost.training(), cost, "1", 1));
    rows.add(
        part("preconditioning", cost.preconditioning(), cost, "1", overhead.preconditioning()));
    if (cost.statistics() > 0) {
      rows.add(
          part(
              "statistics",
              cost.statistics(),
              cost,
              String.valueOf(found.statisticsPeriod()),
              overhead.statistics()));
    }
    rows.add(
        part(
            "refresh",
            cost.iterativeRefresh(),
            cost,
            String.valueOf(found.inversePeriod()),
            overhead.refresh()));
    rows.add(List.of("overhead", "", "", "", percent(overhead.total())));
    if (cost.exactRefresh() != cost.iterativeRefresh()) {
      rows.add(
          List.of(
              "exact refresh",
              decimal(cost.exactRefresh()),
              percent(cost.exactRefresh() / cost.training()),
              "rare",
              ""));
    }
    return new Table(
        List.of(
            Column.text("part of a step"),
            Column.number("operations"),
            Column.number("of training"),
            Column.number("every"),
            Column.number("per step")),
        rows);
  }

  private static List<String> part(
      String name, double operations, StepCost cost, String period, double perStep) {
    return List.of(
        name, decimal(operations), percent(operations / cost.training()), period, percent(perStep));
  }

  private static String memory(MemoryNeed need) {
    List<String> parts = new ArrayList<>();
    add(parts, "averages", need.averages());
    add(parts, "inverses or eigenvectors", need.derived());
    add(parts, "diagonals in the eigenvectors' bases", need.spectra());
    add(parts, "coarse level", need.coarse());
    add(parts, "update rule", need.updateRule());
    return "Memory kept between steps: %s; together %s%n"
        .formatted(String.join(", ", parts), bytes(need.total()));
  }

  private static void add(List<String> parts, String name, long bytes) {
    if (bytes > 0) {
      parts.add(name + " " + bytes(bytes));
    }
  }
}
