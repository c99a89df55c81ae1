package io.github.tfkfac.internal.graph;

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

  /** Offset of the number of a reference's type from that of the value's type. */
  private static final int REFERENCE = 100;

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
  private final Set<GraphOperation> reaching = new HashSet<>();

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
      for (int i = inputsWithoutGradient(operation); i < operation.numInputs(); i++) {
        Output<?> input = operation.input(i);
        if (carriesGradient(input)
            && input.op() instanceof GraphOperation source
            && operations.add(source)) {
          open.add(source);
        }
      }
    }
  }

  /**
   * Number of an operation's first inputs that get no gradient, though their type could: the
   * results of a function whose derivative the graph brings along.
   */
  public static int inputsWithoutGradient(GraphOperation operation) {
    return OwnGradient.inputsWithout(operation);
  }

  /** Whether the loss depends on what the operation computes. */
  public boolean contains(GraphOperation operation) {
    return operations.contains(operation);
  }

  /** Reason why a loss has no gradient for a variable that is not on the path. */
  String reasonWithout(GraphOperation variable) {
    if (!reaching().contains(variable)) {
      return "no path from it to the loss";
    }
    Set<GraphOperation> seen = new HashSet<>(Set.of(variable));
    Deque<GraphOperation> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      for (GraphOperation consumer : operation.consumers()) {
        if (operations.contains(consumer)) {
          GraphOperation end = stopsGradients(consumer) ? consumer : operation;
          return "its way to the loss ends at %s '%s', which passes no gradient on"
              .formatted(end.type(), end.name());
        }
        if (reaching().contains(consumer) && seen.add(consumer)) {
          open.add(consumer);
        }
      }
    }
    return "no path from it to the loss";
  }

  /** Everything that a loss is computed from, along edges of any type. */
  private Set<GraphOperation> reaching() {
    if (reaching.isEmpty()) {
      Deque<GraphOperation> open = new ArrayDeque<>(operations);
      reaching.addAll(operations);
      while (!open.isEmpty()) {
        for (Operand<?> input : open.remove().inputs()) {
          if (input.op() instanceof GraphOperation source && reaching.add(source)) {
            open.add(source);
          }
        }
      }
    }
    return reaching;
  }

  /** Consumers of an output that are on the path and pass a gradient back. */
  List<GraphOperation> consumers(Output<?> output) {
    return ((GraphOperation) output.op())
        .consumers(output.index()).stream()
            .filter(operations::contains)
            .filter(consumer -> !NOT_DIFFERENTIATED.contains(consumer.type()))
            .filter(consumer -> passesOn(consumer, output))
            .sorted((a, b) -> a.name().compareTo(b.name()))
            .toList();
  }

  private static boolean passesOn(GraphOperation consumer, Output<?> input) {
    for (int i = inputsWithoutGradient(consumer); i < consumer.numInputs(); i++) {
      if (consumer.input(i).equals(input)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an operation passes no gradient on because its derivative is zero or it is told so. */
  public static boolean stopsGradients(GraphOperation operation) {
    return NOT_DIFFERENTIATED.contains(operation.type());
  }

  /**
   * Whether a gradient may flow back along an edge: all but whole numbers, truth values and texts,
   * which have none.
   */
  public static boolean carriesGradient(Output<?> output) {
    return switch (withoutReference(output.dataType())) {
      case DT_INT4,
          DT_INT8,
          DT_INT16,
          DT_INT32,
          DT_INT64,
          DT_UINT4,
          DT_UINT8,
          DT_UINT16,
          DT_UINT32,
          DT_UINT64,
          DT_BOOL,
          DT_STRING ->
          false;
      default -> true;
    };
  }

  /** Whether TensorFlow computes gradients of numbers of a type. */
  public static boolean isDifferentiated(DataType type) {
    DataType plain = withoutReference(type);
    return isFloating(plain) || plain == DataType.DT_COMPLEX64 || plain == DataType.DT_COMPLEX128;
  }

  public static boolean isFloating(DataType type) {
    return type == DataType.DT_FLOAT
        || type == DataType.DT_DOUBLE
        || type == DataType.DT_HALF
        || type == DataType.DT_BFLOAT16;
  }

  /** The type of what a reference refers to; other types as they are. */
  public static DataType withoutReference(DataType type) {
    int number = type.getNumber();
    return number > REFERENCE ? DataType.forNumber(number - REFERENCE) : type;
  }
}
