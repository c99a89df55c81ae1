package io.github.tfkfac.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Follows a weight's value from the variable to the operations that apply it, through what only
 * moves its numbers (reshapes, transposes, conversions, slices) or combines it with other weights
 * (sums, products, factors).
 */
final class WeightPath {

  private final LossPath path;
  private final AxisTracker tracker;
  private final boolean fed;
  private final List<Use> uses = new ArrayList<>();

  /** An operation that does something else with a weight than to pass it on. */
  record Use(GraphOperation consumer, WeightOperand weight) {}

  private WeightPath(LossPath path, AxisTracker tracker, boolean fed) {
    this.path = path;
    this.tracker = tracker;
    this.fed = fed;
  }

  /**
   * Follows a weight.
   *
   * @param values outputs of the variable or of reads of it
   * @param fed whether the graph's data come from outside, so that what they do not enter is
   *     weights
   */
  static List<Use> of(
      Iterable<? extends Output<?>> values,
      Shape shape,
      LossPath path,
      AxisTracker tracker,
      boolean fed) {
    WeightPath walk = new WeightPath(path, tracker, fed);
    for (Output<?> value : values) {
      walk.follow(WeightOperand.of(value, shape));
    }
    return List.copyOf(walk.uses);
  }

  private void follow(WeightOperand weight) {
    path.consumers(weight.value()).forEach(consumer -> step(consumer, weight));
  }

  private void step(GraphOperation consumer, WeightOperand weight) {
    List<WeightOperand> passed =
        switch (consumer.type()) {
          case "Identity", "Cast" -> List.of(weight.seenAs(consumer.output(0), weight.axes()));
          case "Reshape", "ExpandDims", "Squeeze", "Transpose" -> moved(consumer, weight);
          case "Split" -> split(consumer, weight);
          case "StridedSlice" -> sliced(consumer, weight);
          case "Add", "AddV2" ->
              isWeight(other(consumer, weight)) && keepsShape(consumer, weight)
                  ? List.of(weight.seenAs(consumer.output(0), weight.axes()))
                  : List.of();
          case "Mul" -> scaled(consumer, weight);
          case "MatMul" -> multiplied(consumer, weight);
          default -> List.of();
        };
    if (passed.isEmpty()) {
      uses.add(new Use(consumer, weight));
    }
    passed.forEach(this::follow);
  }

  private List<WeightOperand> scaled(GraphOperation product, WeightOperand weight) {
    Output<?> number = other(product, weight);
    return isWeight(number) && number.shape().isScalar() && keepsShape(product, weight)
        ? List.of(weight.scaledBy(number, product.output(0)))
        : List.of();
  }

  private static List<WeightOperand> moved(GraphOperation view, WeightOperand weight) {
    Output<?> output = view.output(0);
    Shape shape = output.shape();
    if (shape.isUnknown() || shape.hasUnknownDimension() || !view.input(0).equals(weight.value())) {
      return List.of();
    }
    List<Traced> inputs = new ArrayList<>(List.of(Traced.of(weight.axes())));
    for (int i = 1; i < view.numInputs(); i++) {
      inputs.add(Traced.of(new Axes(List.of())));
    }
    return AxisRules.of(view, output, inputs, shape).axes().stream()
        .filter(axes -> !axes.hasExamples())
        .map(axes -> weight.seenAs(output, axes))
        .filter(WeightOperand::keepsCut)
        .toList();
  }

  private static List<WeightOperand> split(GraphOperation split, WeightOperand weight) {
    Optional<Integer> axis = Constants.scalar(split.input(0));
    if (axis.isEmpty() || weight.cut().isPresent()) {
      return List.of();
    }
    int dimension = axis.get() < 0 ? axis.get() + weight.axes().rank() : axis.get();
    if (weight.axes().get(dimension).size() != 1) {
      return List.of();
    }
    long length = weight.axes().size(dimension) / split.numOutputs();
    return IntStream.range(0, split.numOutputs())
        .mapToObj(i -> weight.cutTo(split.output(i), dimension, i * length, length))
        .toList();
  }

  private static List<WeightOperand> sliced(GraphOperation slice, WeightOperand weight) {
    if (weight.cut().isPresent() || !slice.input(0).equals(weight.value())) {
      return List.of();
    }
    return WeightSlice.of(slice, weight.axes()).stream()
        .map(
            part ->
                part.isWhole(weight.axes())
                    ? weight.seenAs(slice.output(0), weight.axes())
                    : weight.cutTo(slice.output(0), part.dimension(), part.begin(), part.length()))
        .toList();
  }

  /** A product with another weight is a weight; one with data is a layer. */
  private List<WeightOperand> multiplied(GraphOperation product, WeightOperand weight) {
    Output<?> other = other(product, weight);
    boolean followed =
        !product.attributes().getAttrBool("transpose_a")
            && !product.attributes().getAttrBool("transpose_b")
            && isWeight(other)
            && !tracker.isOfData(other)
            && weight.factor().isEmpty()
            && weight.axes().rank() == 2
            && !product.output(0).shape().hasUnknownDimension();
    return followed
        ? List.of(weight.times(product.output(0), other, product.input(0).equals(weight.value())))
        : List.of();
  }

  private static boolean keepsShape(GraphOperation operation, WeightOperand weight) {
    Shape shape = operation.output(0).shape();
    return !shape.isUnknown()
        && !shape.hasUnknownDimension()
        && shape.equals(weight.value().shape());
  }

  private static Output<?> other(GraphOperation operation, WeightOperand weight) {
    return operation.input(operation.input(0).equals(weight.value()) ? 1 : 0);
  }

  /** Whether no example enters a value of a graph that is fed. */
  private boolean isWeight(Output<?> value) {
    return fed && tracker.of(value).axes().filter(axes -> !axes.hasExamples()).isPresent();
  }
}
