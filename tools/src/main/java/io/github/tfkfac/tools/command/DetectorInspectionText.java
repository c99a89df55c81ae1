package io.github.tfkfac.tools.command;

import static io.github.tfkfac.tools.render.Quantities.bytes;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.detect.DetectorMemory;
import io.github.tfkfac.tools.inspect.DetectorInspection;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.memory.StepMemory;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The inspection of a detector as text. */
final class DetectorInspectionText {

  private static final String NOTE =
      """
      Calculated from the graph: variables, constants, what is fed, and the most that lives in addition
      at any operation. Left out are what kernels allocate for themselves, what the allocator wastes,
      and the process without a session.
      """;

  private static final int SHOWN = 5;

  private DetectorInspectionText() {}

  static String of(DetectorInspection found) {
    List<String> parts = new ArrayList<>();
    if (found.curvature() != null) {
      parts.add(InspectionText.of(found.curvature()));
    }
    DetectorMemory memory = found.memory();
    parts.add(
        "Memory of %s on %s, batch %d, %s of %s, %s%nparameters %s, optimizer %s%n"
            .formatted(
                found.detector(),
                found.image(),
                found.batch(),
                Counts.of(found.objects(), "object"),
                Counts.of(found.classes(), "class", "classes"),
                found.optimizer(),
                bytes(memory.parameterBytes()),
                bytes(memory.optimizerBytes())));
    parts.add(steps(memory).text());
    parts.add(largest(memory).text());
    parts.add(NOTE + unknown(memory));
    return String.join("\n", parts);
  }

  private static Table steps(DetectorMemory memory) {
    return new Table(
        List.of(
            Column.text("step"),
            Column.number("variables"),
            Column.number("constants"),
            Column.number("fed"),
            Column.number("temporary"),
            Column.number("peak"),
            Column.text("at"),
            Column.number("operations")),
        memory.steps().entrySet().stream().map(DetectorInspectionText::row).toList());
  }

  private static List<String> row(Map.Entry<StepKind, StepMemory> entry) {
    StepMemory step = entry.getValue();
    return List.of(
        entry.getKey().label(),
        bytes(step.variableBytes()),
        bytes(step.constantBytes()),
        bytes(step.fedBytes()),
        bytes(step.temporaryBytes()),
        bytes(step.peakBytes()),
        step.operation() + " (" + step.operationType() + ")",
        String.valueOf(step.operations()));
  }

  private static Table largest(DetectorMemory memory) {
    List<List<String>> rows = new ArrayList<>();
    memory
        .steps()
        .forEach(
            (kind, step) ->
                step.largest().stream()
                    .limit(SHOWN)
                    .forEach(
                        one ->
                            rows.add(List.of(kind.label(), one.operation(), bytes(one.bytes())))));
    return new Table(
        List.of(Column.text("step"), Column.text("largest at its peak"), Column.number("size")),
        rows);
  }

  private static String unknown(DetectorMemory memory) {
    Set<String> open = new TreeSet<>();
    memory.steps().values().forEach(step -> open.addAll(step.open()));
    return open.isEmpty()
        ? "The size of every output is known or has a bound.\n"
        : "%s of unknown size not counted: %s%n"
            .formatted(
                Counts.of(open.size(), "output"),
                String.join(", ", open.stream().limit(SHOWN).toList()));
  }
}
