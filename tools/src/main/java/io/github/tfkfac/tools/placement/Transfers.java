package io.github.tfkfac.tools.placement;

import io.github.tfkfac.tools.memory.StepGraph;
import io.github.tfkfac.tools.memory.StepGraph.Edge;
import io.github.tfkfac.tools.memory.StepGraph.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Copies between main memory and the GPU's memory in a step. A tensor that several operations want
 * on the other side is copied once.
 *
 * @param operations that run
 * @param onCpu those of them on the CPU
 * @param copies all of them, the largest first
 */
public record Transfers(int operations, int onCpu, List<Copy> copies) {

  public Transfers {
    copies = List.copyOf(copies);
  }

  /**
   * A copied tensor.
   *
   * @param tensor name of its operation and number of the output
   * @param type of the operation
   * @param target where it goes
   * @param bytes empty if the shape is not known before the step
   */
  public record Copy(String tensor, String type, Processor target, Optional<Long> bytes) {}

  static Transfers of(StepGraph graph, Placement placement, BitSet running) {
    List<Copy> copies = new ArrayList<>();
    Set<Edge> seen = new HashSet<>();
    int onCpu = 0;
    for (int at = running.nextSetBit(0); at >= 0; at = running.nextSetBit(at + 1)) {
      onCpu += placement.processor(at) == Processor.CPU ? 1 : 0;
      List<Edge> inputs = graph.nodes().get(at).inputs();
      for (int input = 0; input < inputs.size(); input++) {
        Edge source = inputs.get(input);
        boolean host = placement.inputOnHost(at, input);
        if (running.get(source.node())
            && placement.outputOnHost(source) != host
            && seen.add(source)) {
          copies.add(copy(graph.nodes().get(source.node()), source, host));
        }
      }
    }
    copies.sort(
        Comparator.comparingLong((Copy copy) -> copy.bytes().orElse(Long.MAX_VALUE)).reversed());
    return new Transfers(running.cardinality(), onCpu, copies);
  }

  private static Copy copy(Node node, Edge output, boolean toHost) {
    return new Copy(
        node.name() + ":" + output.output(),
        node.type(),
        toHost ? Processor.CPU : Processor.GPU,
        output.output() < node.bytes().size()
            ? node.bytes().get(output.output())
            : Optional.empty());
  }

  /** Number of tensors that go to a processor. */
  public long count(Processor target) {
    return copies.stream().filter(copy -> copy.target() == target).count();
  }

  /** Bytes that go to a processor, as far as they are known. */
  public long bytes(Processor target) {
    return copies.stream()
        .filter(copy -> copy.target() == target)
        .mapToLong(copy -> copy.bytes().orElse(0L))
        .sum();
  }

  /** Number of tensors whose size is not known before the step. */
  public long unknown() {
    return copies.stream().filter(copy -> copy.bytes().isEmpty()).count();
  }
}
