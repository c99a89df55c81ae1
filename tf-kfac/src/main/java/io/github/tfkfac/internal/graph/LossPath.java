package io.github.tfkfac.internal.graph;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
          ("StopGradient ZerosLike OnesLike Shape ShapeN Size Rank"
                  + " ArgMax ArgMin Sign Floor Ceil Round Rint")
              .split(" "));

  private static final Pattern WITHOUT_GRADIENT = Pattern.compile("DT_(U?INT\\d+|BOOL|STRING)");

  private static final Set<DataType> FLOATING =
      EnumSet.of(DataType.DT_FLOAT, DataType.DT_DOUBLE, DataType.DT_HALF, DataType.DT_BFLOAT16);

  private final Set<GraphOperation> operations;
  private final Set<GraphOperation> reaching = new HashSet<>();

  /** Walks back from the losses. */
  public LossPath(List<? extends Operand<?>> losses) {
    this.operations = Reach.from(losses.stream().map(Reach::source).toList(), LossPath::carriers);
  }

  /** The operations that an operation passes its gradient on to. */
  private static Stream<GraphOperation> carriers(GraphOperation operation) {
    return stopsGradients(operation)
        ? Stream.of()
        : inputsWithGradient(operation).filter(LossPath::carriesGradient).map(Reach::source);
  }

  private static Stream<Output<?>> inputsWithGradient(GraphOperation operation) {
    return IntStream.range(OwnGradient.inputsWithout(operation), operation.numInputs())
        .mapToObj(operation::input);
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
    for (GraphOperation operation : Reach.from(List.of(variable), this::consumersBefore)) {
      for (GraphOperation consumer : operation.consumers()) {
        if (operations.contains(consumer)) {
          GraphOperation end = stopsGradients(consumer) ? consumer : operation;
          return "its way to the loss ends at %s '%s', which passes no gradient on"
              .formatted(end.type(), end.name());
        }
      }
    }
    return "no path from it to the loss";
  }

  /** Consumers that lead to a loss but are not on the path. */
  private Stream<GraphOperation> consumersBefore(GraphOperation operation) {
    return operation.consumers().stream()
        .filter(consumer -> !operations.contains(consumer) && reaching().contains(consumer));
  }

  /** Everything that a loss is computed from, along edges of any type. */
  private Set<GraphOperation> reaching() {
    if (reaching.isEmpty()) {
      reaching.addAll(Reach.from(operations, Reach::sources));
    }
    return reaching;
  }

  /** Consumers of an output that are on the path and pass a gradient back. */
  List<GraphOperation> consumers(Output<?> output) {
    return ((GraphOperation) output.op())
        .consumers(output.index()).stream()
            .filter(consumer -> operations.contains(consumer) && !stopsGradients(consumer))
            .filter(consumer -> inputsWithGradient(consumer).anyMatch(output::equals))
            .sorted(Comparator.comparing(GraphOperation::name))
            .toList();
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
    return !WITHOUT_GRADIENT.matcher(withoutReference(output.dataType()).name()).matches();
  }

  /** Whether TensorFlow computes gradients of numbers of a type. */
  public static boolean isDifferentiated(DataType type) {
    DataType plain = withoutReference(type);
    return isFloating(plain) || plain == DataType.DT_COMPLEX64 || plain == DataType.DT_COMPLEX128;
  }

  public static boolean isFloating(DataType type) {
    return FLOATING.contains(type);
  }

  /** The type of what a reference refers to; other types as they are. */
  public static DataType withoutReference(DataType type) {
    int number = type.getNumber();
    return number > REFERENCE ? DataType.forNumber(number - REFERENCE) : type;
  }
}
