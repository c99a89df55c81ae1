package io.github.tfkfac.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;

/** The part of a graph from which a loss is computed along differentiable edges. */
public final class LossPath {

  private static final Set<String> NOT_DIFFERENTIATED =
      Set.of(
          "StopGradient",
          "ZerosLike",
          "OnesLike",
          "Shape",
          "ShapeN",
          "Size",
          "Rank",
          "ArgMax",
          "ArgMin",
          "Sign",
          "Floor",
          "Ceil",
          "Round",
          "Rint");

  private final Set<GraphOperation> operations = new HashSet<>();

  /** Walks back from the losses. */
  public LossPath(List<? extends Operand<?>> losses) {
    Deque<GraphOperation> open = new ArrayDeque<>();
    for (Operand<?> loss : losses) {
      if (loss.op() instanceof GraphOperation operation && operations.add(operation)) {
        open.add(operation);
      }
    }
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      if (NOT_DIFFERENTIATED.contains(operation.type())) {
        continue;
      }
      for (Operand<?> input : operation.inputs()) {
        if (carriesGradient(input.asOutput())
            && input.op() instanceof GraphOperation source
            && operations.add(source)) {
          open.add(source);
        }
      }
    }
  }

  /** Whether the loss depends on what the operation computes. */
  public boolean contains(GraphOperation operation) {
    return operations.contains(operation);
  }

  /** Consumers of an output that are on the path and pass a gradient back. */
  List<GraphOperation> consumers(Output<?> output) {
    return ((GraphOperation) output.op())
        .consumers(output.index()).stream()
            .filter(operations::contains)
            .filter(consumer -> !NOT_DIFFERENTIATED.contains(consumer.type()))
            .sorted((a, b) -> a.name().compareTo(b.name()))
            .toList();
  }

  private static boolean carriesGradient(Output<?> output) {
    DataType type = output.dataType();
    return type == DataType.DT_RESOURCE || isFloating(type) || isFloating(withoutReference(type));
  }

  static boolean isFloating(DataType type) {
    return type == DataType.DT_FLOAT
        || type == DataType.DT_DOUBLE
        || type == DataType.DT_HALF
        || type == DataType.DT_BFLOAT16;
  }

  static DataType withoutReference(DataType type) {
    return switch (type) {
      case DT_FLOAT_REF -> DataType.DT_FLOAT;
      case DT_DOUBLE_REF -> DataType.DT_DOUBLE;
      case DT_HALF_REF -> DataType.DT_HALF;
      case DT_BFLOAT16_REF -> DataType.DT_BFLOAT16;
      default -> type;
    };
  }
}
