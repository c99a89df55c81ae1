package io.github.tfkfac.tools.memory;

import io.github.tfkfac.tools.memory.StepGraph.Edge;
import io.github.tfkfac.tools.memory.StepGraph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * Decisions of a graph's switches at a step, as far as the step number determines them.
 *
 * <p>An integer variable without dimensions counts as the step counter. A switch that depends on
 * other values, such as whether all gradients are finite, is taken to be true.
 */
final class Decisions {

  private final StepGraph graph;
  private final long step;
  private final Map<Edge, Optional<Long>> known = new HashMap<>();

  /** Those of the step after {@code step} others. */
  Decisions(StepGraph graph, long step) {
    this.graph = graph;
    this.step = step;
  }

  /** Whether a switch passes its value on by its second output. */
  boolean at(Edge predicate) {
    return value(predicate).orElse(1L) != 0;
  }

  private Optional<Long> value(Edge edge) {
    Optional<Long> before = known.get(edge);
    if (before != null) {
      return before;
    }
    known.put(edge, Optional.empty());
    Optional<Long> found = computed(graph.nodes().get(edge.node()));
    known.put(edge, found);
    return found;
  }

  private Optional<Long> computed(Node node) {
    return switch (node.type()) {
      case "Const" -> constant(node);
      case "ReadVariableOp" -> counts(node) ? Optional.of(step) : Optional.empty();
      case "Identity", "Switch", "Cast" -> input(node, 0);
      case "LogicalNot" -> Optional.of(truth(input(node, 0).orElse(1L) == 0));
      case "LogicalAnd" -> either(node, 0);
      case "LogicalOr" -> either(node, 1);
      case "FloorMod" -> both(node, Math::floorMod);
      case "AddV2", "Add" -> both(node, Long::sum);
      case "Sub" -> both(node, (a, b) -> a - b);
      case "Equal" -> both(node, (a, b) -> truth(a.equals(b)));
      case "NotEqual" -> both(node, (a, b) -> truth(!a.equals(b)));
      case "Less" -> both(node, (a, b) -> truth(a < b));
      case "LessEqual" -> both(node, (a, b) -> truth(a <= b));
      case "Greater" -> both(node, (a, b) -> truth(a > b));
      case "GreaterEqual" -> both(node, (a, b) -> truth(a >= b));
      default -> Optional.empty();
    };
  }

  /** A function of two known numbers. */
  @FunctionalInterface
  private interface Combination {
    long of(Long first, Long second);
  }

  private Optional<Long> both(Node node, Combination function) {
    return input(node, 0).flatMap(a -> input(node, 1).map(b -> function.of(a, b)));
  }

  /** One operand may be enough; an operand that is open counts as true if the other is known. */
  private Optional<Long> either(Node node, long enough) {
    Optional<Long> first = input(node, 0);
    Optional<Long> second = input(node, 1);
    if (first.isEmpty() && second.isEmpty()) {
      return Optional.empty();
    }
    boolean isEnough = first.equals(Optional.of(enough)) || second.equals(Optional.of(enough));
    boolean open = first.isEmpty() || second.isEmpty();
    return Optional.of(isEnough ? enough : truth(enough == 0 || open));
  }

  private static long truth(boolean value) {
    return value ? 1 : 0;
  }

  private Optional<Long> input(Node node, int index) {
    return value(node.inputs().get(index));
  }

  private boolean counts(Node read) {
    Node handle = graph.nodes().get(read.inputs().get(0).node());
    return handle.type().equals(Sharing.HANDLE)
        && handle.definition().getAttrOrThrow("dtype").getType() == DataType.DT_INT64
        && handle.definition().getAttrOrThrow("shape").getShape().getDimCount() == 0;
  }

  private static Optional<Long> constant(Node node) {
    TensorProto tensor = node.definition().getAttrOrThrow("value").getTensor();
    if (tensor.getTensorShape().getDimCount() > 0) {
      return Optional.empty();
    }
    return switch (tensor.getDtype()) {
      case DT_BOOL ->
          Optional.of(packed(tensor).orElse(truth(tensor.getBoolValList().contains(true))));
      case DT_INT32 ->
          Optional.of(
              packed(tensor).orElse(tensor.getIntValCount() > 0 ? tensor.getIntVal(0) : 0L));
      case DT_INT64 ->
          Optional.of(
              packed(tensor).orElse(tensor.getInt64ValCount() > 0 ? tensor.getInt64Val(0) : 0L));
      default -> Optional.empty();
    };
  }

  /** The value of a scalar that is given as little-endian bytes. */
  private static Optional<Long> packed(TensorProto tensor) {
    byte[] bytes = tensor.getTensorContent().toByteArray();
    if (bytes.length == 0) {
      return Optional.empty();
    }
    long value = bytes[bytes.length - 1];
    for (int i = bytes.length - 2; i >= 0; i--) {
      value = value << Byte.SIZE | Byte.toUnsignedLong(bytes[i]);
    }
    return Optional.of(value);
  }
}
