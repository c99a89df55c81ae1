package io.github.tfkfac.models.finetune;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TIntegral;

/**
 * The steps that make an output of one tensor of class scores and are known to keep each example's
 * scores in their order: an activation, the index of the largest, other types and shapes.
 *
 * @param source the tensor where the known steps begin
 * @param steps from the source to the output
 */
record OutputPath(Output<?> source, List<Step> steps) {

  /** Computation of a step. */
  enum Kind {
    /** Softmax over the last axis, as one operation or as exponentials over their sum. */
    SOFTMAX,
    /** Log-softmax over the last axis. */
    LOG_SOFTMAX,
    /** Logistic function of each number. */
    SIGMOID,
    /** Index of the largest along the last axis. */
    LARGEST,
    /** The same numbers, perhaps in another type or shape. */
    SAME;

    /** Whether it turns logits into probabilities or their logarithms. */
    boolean isActivation() {
      return this == SOFTMAX || this == LOG_SOFTMAX || this == SIGMOID;
    }
  }

  /** One step and what comes out of it. */
  record Step(Kind kind, Output<?> result) {}

  private record Link(Kind kind, Output<?> input) {}

  OutputPath {
    steps = List.copyOf(steps);
  }

  /**
   * The longest path to an output that has at most one activation, and an index of the largest only
   * behind it.
   */
  static OutputPath to(Output<?> output) {
    Deque<Step> steps = new ArrayDeque<>();
    Output<?> tensor = output;
    boolean activated = false;
    Optional<Link> link = link(tensor);
    while (link.isPresent()) {
      Kind kind = link.get().kind();
      boolean scores = TFloating.class.isAssignableFrom(link.get().input().type());
      if (activated && (kind != Kind.SAME || !scores)) {
        break;
      }
      activated = kind.isActivation();
      steps.addFirst(new Step(kind, tensor));
      tensor = link.get().input();
      link = link(tensor);
    }
    return new OutputPath(tensor, List.copyOf(steps));
  }

  /** The step that turns the scores into probabilities, if there is one. */
  Optional<Step> activation() {
    return steps.stream().filter(step -> step.kind().isActivation()).findFirst();
  }

  /**
   * The numbers that a tensor has for each example: {@code K} of {@code [N, K]} or {@code [N, 1, 1,
   * K]}, one of {@code [N]}; empty for other shapes.
   */
  static OptionalLong columns(Shape shape) {
    int rank = shape.numDimensions();
    if (rank == 1) {
      return OptionalLong.of(1);
    }
    if (rank < 2 || shape.get(rank - 1) == Shape.UNKNOWN_SIZE) {
      return OptionalLong.empty();
    }
    for (int i = 1; i < rank - 1; i++) {
      if (shape.get(i) != 1) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(shape.get(rank - 1));
  }

  private static Optional<Link> link(Output<?> tensor) {
    GraphOperation operation = (GraphOperation) tensor.op();
    if (operation.numInputs() == 0) {
      return Optional.empty();
    }
    Output<?> input = operation.input(0);
    return switch (operation.type()) {
      case "Identity", "Snapshot", "EnsureShape", "CheckNumerics" -> same(input);
      case "Cast" -> keepsOrder(input, tensor) ? same(input) : Optional.empty();
      case "Reshape", "Squeeze", "ExpandDims" ->
          columns(input.shape()).isPresent()
                  && columns(input.shape()).equals(columns(tensor.shape()))
              ? same(input)
              : Optional.empty();
      case "Softmax" -> Optional.of(new Link(Kind.SOFTMAX, input));
      case "LogSoftmax" -> Optional.of(new Link(Kind.LOG_SOFTMAX, input));
      case "Sigmoid" -> Optional.of(new Link(Kind.SIGMOID, input));
      case "RealDiv", "Div" ->
          exponents(operation).map(exponents -> new Link(Kind.SOFTMAX, exponents));
      case "ArgMax" ->
          isLastAxis(operation.input(1), input.shape().numDimensions())
              ? Optional.of(new Link(Kind.LARGEST, input))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Link> same(Output<?> input) {
    return Optional.of(new Link(Kind.SAME, input));
  }

  /** Whether a cast takes floating-point numbers to such, or the index of the largest along. */
  private static boolean keepsOrder(Output<?> from, Output<?> to) {
    return TIntegral.class.isAssignableFrom(from.type())
        || TFloating.class.isAssignableFrom(to.type());
  }

  /** The y of {@code exp(y) / Σ exp(y)}, the sum taken over the last axis. */
  private static Optional<Output<?>> exponents(GraphOperation division) {
    Output<?> exponentials = division.input(0);
    GraphOperation exponential = (GraphOperation) exponentials.op();
    GraphOperation sum = (GraphOperation) division.input(1).op();
    return exponential.type().equals("Exp")
            && sum.type().equals("Sum")
            && sum.input(0).equals(exponentials)
            && sum.attributes().getAttrBool("keep_dims")
            && isLastAxis(sum.input(1), exponentials.shape().numDimensions())
        ? Optional.of(exponential.input(0))
        : Optional.empty();
  }

  private static boolean isLastAxis(Output<?> axis, int rank) {
    GraphOperation operation = (GraphOperation) axis.op();
    if (!operation.type().equals("Const")) {
      return false;
    }
    try (Tensor value = operation.attributes().getAttrTensor("value")) {
      ByteDataBuffer bytes = value.asRawTensor().data();
      if (value.shape().size() != 1) {
        return false;
      }
      long found =
          value.dataType() == DataType.DT_INT64
              ? bytes.asLongs().getLong(0)
              : bytes.asInts().getInt(0);
      return found == -1 || found == rank - 1;
    }
  }
}
