package io.github.tfkfac.tools.placement;

import io.github.tfkfac.tools.memory.StepGraph;
import io.github.tfkfac.tools.memory.StepGraph.Edge;
import io.github.tfkfac.tools.memory.StepGraph.Node;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.KernelDef;

/**
 * Devices of a step's operations on a machine with one GPU.
 *
 * <p>As TensorFlow's placer has it: the GPU wherever there is a kernel for the operation and its
 * types; operations on one variable, and those that the graph puts at one place, go where all of
 * them have kernels; an operation without inputs goes with its readers if they are at one place,
 * one that asks for a shape with its input. What the program feeds is in main memory. Graph
 * rewriting between placement and run is not looked at.
 */
final class Placement {
  private static final String FED = "Placeholder";
  private static final Set<String> METADATA = Set.of("Shape", "ShapeN", "Size", "Rank");
  private static final String COLOCATION = "_class";
  private static final String COLOCATED_WITH = "loc:@";
  private static final String CPU_REQUESTED = "CPU:";

  private final StepGraph graph;
  private final KernelRegistry registry;
  private final List<Signature> signatures;
  private final List<List<Integer>> readers = new ArrayList<>();
  private final List<EnumSet<Processor>> own = new ArrayList<>();
  private final int[] groups;
  private final List<EnumSet<Processor>> ofGroup = new ArrayList<>();
  private final @Nullable Processor[] assigned;
  private final Reason[] reasons;

  private Placement(StepGraph graph, KernelRegistry registry) {
    int count = graph.nodes().size();
    this.graph = graph;
    this.registry = registry;
    this.signatures =
        graph.nodes().stream()
            .map(node -> Signature.of(node.definition(), registry.operation(node.definition())))
            .toList();
    this.groups = new int[count];
    this.assigned = new Processor[count];
    this.reasons = new Reason[count];
    for (int at = 0; at < count; at++) {
      groups[at] = at;
      readers.add(new ArrayList<>());
      own.add(supported(at));
    }
  }

  /** Places every operation. */
  static Placement of(StepGraph graph, KernelRegistry registry) {
    Placement placement = new Placement(graph, registry);
    placement.group();
    placement.assign();
    return placement;
  }

  /** Where an operation is. */
  Processor processor(int node) {
    Processor processor = assigned[node];
    if (processor == null) {
      throw new IllegalStateException("no device for " + graph.nodes().get(node).name());
    }
    return processor;
  }

  /** Why it is there. */
  Reason reason(int node) {
    return reasons[node];
  }

  /** Tensors of an operation. */
  Signature signature(int node) {
    return signatures.get(node);
  }

  /** Whether an output lies in main memory. */
  boolean outputOnHost(Edge output) {
    return onHost(output.node(), signature(output.node()).outputs().get(output.output()));
  }

  /** Whether an operation wants an input in main memory. */
  boolean inputOnHost(int node, int input) {
    return onHost(node, signature(node).inputs().get(input));
  }

  private boolean onHost(int node, Signature.Argument argument) {
    return processor(node) == Processor.CPU
        || kernel(node, Processor.GPU).map(argument::onHost).orElse(true);
  }

  private Optional<KernelDef> kernel(int node, Processor processor) {
    return registry.kernel(graph.nodes().get(node).definition(), processor);
  }

  private EnumSet<Processor> supported(int node) {
    EnumSet<Processor> supported = EnumSet.noneOf(Processor.class);
    for (Processor processor : Processor.values()) {
      boolean allowed = processor == Processor.CPU || !requestsCpu(node);
      if (allowed && kernel(node, processor).isPresent()) {
        supported.add(processor);
      }
    }
    return supported;
  }

  private boolean requestsCpu(int node) {
    return graph.nodes().get(node).definition().getDevice().contains(CPU_REQUESTED);
  }

  /** Joins what must be at one place and notes who reads whom. */
  private void group() {
    for (int at = 0; at < groups.length; at++) {
      Node node = graph.nodes().get(at);
      for (int input = 0; input < node.inputs().size(); input++) {
        int source = node.inputs().get(input).node();
        readers.get(source).add(at);
        if (signature(at).inputs().get(input).isVariable()) {
          join(at, source);
        }
      }
      for (int source : node.controls()) {
        readers.get(source).add(at);
      }
      if (node.definition().containsAttr(COLOCATION)) {
        for (var place : node.definition().getAttrOrThrow(COLOCATION).getList().getSList()) {
          Integer other =
              graph.places().get(place.toStringUtf8().replaceFirst("^" + COLOCATED_WITH, ""));
          if (other != null) {
            join(at, other);
          }
        }
      }
    }
    own.forEach(one -> ofGroup.add(EnumSet.allOf(Processor.class)));
    for (int at = 0; at < groups.length; at++) {
      ofGroup.get(first(at)).retainAll(own.get(at));
    }
  }

  private int first(int node) {
    while (groups[node] != node) {
      groups[node] = groups[groups[node]];
      node = groups[node];
    }
    return node;
  }

  private void join(int one, int other) {
    groups[first(one)] = first(other);
  }

  private void assign() {
    for (int at = 0; at < groups.length; at++) {
      Node node = graph.nodes().get(at);
      if (node.type().equals(FED)) {
        set(at, Processor.CPU, Reason.FED);
      } else if (!isGenerator(at)) {
        @Nullable Processor input =
            METADATA.contains(node.type()) ? assigned[node.inputs().get(0).node()] : null;
        boolean follows = input != null && ofGroup.get(first(at)).contains(input);
        set(at, follows ? input : best(at), follows ? Reason.WITH_INPUT : own(at));
      }
    }
    for (int at = 0; at < groups.length; at++) {
      if (assigned[at] == null) {
        @Nullable Processor reader = ofReaders(at);
        boolean follows = reader != null && ofGroup.get(first(at)).contains(reader);
        set(at, follows ? reader : best(at), follows ? Reason.WITH_READERS : own(at));
      }
    }
  }

  private void set(int node, @Nullable Processor processor, Reason reason) {
    Processor place = processor == null ? Processor.CPU : processor;
    boolean free = reason == Reason.WITH_INPUT || reason == Reason.WITH_READERS;
    assigned[node] = place;
    reasons[node] = free && !own.get(node).contains(Processor.GPU) ? own(node) : reason;
    if (reason != Reason.FED) {
      ofGroup.get(first(node)).retainAll(Set.of(place));
    }
  }

  /** The preferred place that suits the whole group; the CPU if none does. */
  private Processor best(int node) {
    return ofGroup.get(first(node)).stream().findFirst().orElse(Processor.CPU);
  }

  private Reason own(int node) {
    if (own.get(node).isEmpty()) {
      return Reason.NO_KERNEL;
    }
    if (requestsCpu(node)) {
      return Reason.REQUESTED;
    }
    boolean elsewhere = own.get(node).contains(Processor.GPU) && best(node) == Processor.CPU;
    return elsewhere ? Reason.TOGETHER : Reason.KERNEL;
  }

  private boolean isGenerator(int node) {
    Signature signature = signature(node);
    return signature.inputs().isEmpty()
        && signature.outputs().size() == 1
        && !signature.outputs().get(0).reference();
  }

  /** The place of all readers; null if there is none or they are apart. */
  private @Nullable Processor ofReaders(int node) {
    Set<Processor> places = EnumSet.noneOf(Processor.class);
    for (int reader : readers.get(node)) {
      @Nullable Processor place = assigned[reader];
      if (place == null) {
        return null;
      }
      places.add(place);
    }
    return places.size() == 1 ? places.iterator().next() : null;
  }
}
