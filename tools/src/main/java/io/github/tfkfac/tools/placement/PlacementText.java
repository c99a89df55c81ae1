package io.github.tfkfac.tools.placement;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.placement.StepPlacement.HostOperations;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A placement as text. */
public final class PlacementText {
  private static final int SHOWN = 5;

  private PlacementText() {}

  /** What runs where, what crosses, and what stays on the CPU. */
  public static String of(StepPlacement placed) {
    return "%s, %s: %s\n%s%s%s\n"
        .formatted(
            placed.model(),
            placed.optimizer(),
            Counts.of(placed.operations(), "operation"),
            steps(placed).text(),
            largest(placed).text(),
            onCpu(placed.onCpu()).text());
  }

  private static Table steps(StepPlacement placed) {
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<StepKind, Transfers> entry : placed.steps().entrySet()) {
      Transfers found = entry.getValue();
      rows.add(
          List.of(
              entry.getKey().label(),
              String.valueOf(found.operations()),
              String.valueOf(found.onCpu()),
              String.valueOf(found.count(Processor.GPU)),
              Quantities.bytes(found.bytes(Processor.GPU)),
              String.valueOf(found.count(Processor.CPU)),
              Quantities.bytes(found.bytes(Processor.CPU)),
              String.valueOf(found.unknown())));
    }
    return new Table(
        List.of(
            Column.text("step"),
            Column.number("operations"),
            Column.number("on the CPU"),
            Column.number("copies to the GPU"),
            Column.number("bytes"),
            Column.number("copies to the CPU"),
            Column.number("bytes"),
            Column.number("of unknown size")),
        rows);
  }

  private static Table largest(StepPlacement placed) {
    return new Table(
        List.of(
            Column.text("largest copies of a plain step"),
            Column.text("operation"),
            Column.text("to"),
            Column.number("bytes")),
        placed.steps().entrySet().stream()
            .filter(entry -> entry.getKey() == StepKind.PLAIN)
            .flatMap(entry -> entry.getValue().copies().stream())
            .limit(SHOWN)
            .map(
                copy ->
                    List.of(
                        copy.tensor(),
                        copy.type(),
                        copy.target().name(),
                        copy.bytes().map(Quantities::bytes).orElse("unknown")))
            .toList());
  }

  private static Table onCpu(List<HostOperations> operations) {
    return new Table(
        List.of(
            Column.text("on the CPU"),
            Column.text("types"),
            Column.number("count"),
            Column.text("reason"),
            Column.text("one of them")),
        operations.stream()
            .map(
                one ->
                    List.of(
                        one.type(),
                        one.values(),
                        String.valueOf(one.count()),
                        one.reason().onCpu(),
                        one.example()))
            .toList());
  }
}
