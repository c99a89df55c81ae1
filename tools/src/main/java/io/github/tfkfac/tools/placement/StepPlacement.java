package io.github.tfkfac.tools.placement;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.tools.memory.StepGraph;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.memory.StepModel;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Devices of a training step.
 *
 * @param model what is trained
 * @param optimizer name of the optimizer
 * @param operations of the step, those of parts that are not due included
 * @param onCpu operations that stay on the CPU, by type
 * @param steps the first step of each kind
 */
public record StepPlacement(
    String model,
    String optimizer,
    int operations,
    List<HostOperations> onCpu,
    Map<StepKind, Transfers> steps) {

  /** Steps among which each kind of step is looked for; first refreshes are at 200 and 400. */
  private static final long STEPS = 1001;

  public StepPlacement {
    onCpu = List.copyOf(onCpu);
    steps = Collections.unmodifiableMap(new EnumMap<>(steps));
  }

  /**
   * Operations of one type that stay on the CPU.
   *
   * @param type of the operations
   * @param values types of what they take and give
   * @param reason why
   * @param count how many
   * @param example the name of one
   */
  public record HostOperations(
      String type, String values, Reason reason, int count, String example) {
    private HostOperations plus(HostOperations other) {
      return new HostOperations(type, values, reason, count + other.count, example);
    }
  }

  /**
   * Places a step.
   *
   * @param options of a second-order optimizer, which tell the kinds of steps
   */
  static StepPlacement of(
      String model,
      String optimizer,
      StepModel step,
      Optional<KfacOptions> options,
      KernelRegistry registry) {
    StepGraph graph = step.graph();
    Placement placement = Placement.of(graph, registry);
    Map<String, HostOperations> onCpu = new TreeMap<>();
    for (int at = 0; at < graph.nodes().size(); at++) {
      if (placement.processor(at) == Processor.CPU) {
        HostOperations one = host(graph.nodes().get(at), at, placement);
        onCpu.merge(one.type() + one.values() + one.reason(), one, HostOperations::plus);
      }
    }
    Map<StepKind, Transfers> steps = new EnumMap<>(StepKind.class);
    for (StepKind kind : StepKind.values()) {
      kind.first(options, STEPS)
          .ifPresent(first -> steps.put(kind, Transfers.of(graph, placement, step.running(first))));
    }
    return new StepPlacement(
        model, optimizer, graph.nodes().size(), List.copyOf(onCpu.values()), steps);
  }

  private static HostOperations host(StepGraph.Node node, int at, Placement placement) {
    Signature signature = placement.signature(at);
    String values = types(signature.inputs()) + " → " + types(signature.outputs());
    return new HostOperations(node.type(), values.strip(), placement.reason(at), 1, node.name());
  }

  private static String types(List<Signature.Argument> arguments) {
    return arguments.stream()
        .map(one -> one.type().name().replaceFirst("^DT_", "").toLowerCase(java.util.Locale.ROOT))
        .distinct()
        .collect(Collectors.joining(" "));
  }
}
