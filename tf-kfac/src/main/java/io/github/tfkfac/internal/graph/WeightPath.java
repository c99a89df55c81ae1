package io.github.tfkfac.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    switch (consumer.type()) {
      case "Identity", "Cast" -> follow(weight.seenAs(consumer.output(0), weight.axes()));
      case "Reshape", "ExpandDims", "Squeeze", "Transpose" -> move(consumer, weight);
      case "Split" -> split(consumer, weight);
      case "StridedSlice" -> slice(consumer, weight);
      case "Add", "AddV2" -> {
        if (isWeight(other(consumer, weight)) && keepsShape(consumer, weight)) {
          follow(weight.seenAs(consumer.output(0), weight.axes()));
        } else {
          uses.add(new Use(consumer, weight));
        }
      }
      case "Mul" -> {
        Output<?> number = other(consumer, weight);
        if (isWeight(number) && number.shape().isScalar() && keepsShape(consumer, weight)) {
          follow(weight.scaledBy(number, consumer.output(0)));
        } else {
          uses.add(new Use(consumer, weight));
        }
      }
      case "MatMul" -> multiply(consumer, weight);
      default -> uses.add(new Use(consumer, weight));
    }
  }

  private void move(GraphOperation view, WeightOperand weight) {
    Output<?> output = view.output(0);
    List<Traced> inputs = new ArrayList<>(List.of(Traced.of(weight.axes())));
    for (int i = 1; i < view.numInputs(); i++) {
      inputs.add(Traced.of(new Axes(List.of())));
    }
    Shape shape = output.shape();
    Optional<Axes> axes =
        shape.isUnknown() || shape.hasUnknownDimension() || !view.input(0).equals(weight.value())
            ? Optional.empty()
            : AxisRules.of(view, output, inputs, shape).axes().filter(one -> !one.hasExamples());
    WeightOperand moved = axes.map(one -> weight.seenAs(output, one)).orElse(weight);
    if (axes.isPresent() && moved.keepsCut()) {
      follow(moved);
    } else {
      uses.add(new Use(view, weight));
    }
  }

  private void split(GraphOperation split, WeightOperand weight) {
    Optional<Integer> axis = Constants.scalar(split.input(0));
    if (axis.isEmpty() || weight.cut().isPresent()) {
      uses.add(new Use(split, weight));
      return;
    }
    int dimension = axis.get() < 0 ? axis.get() + weight.axes().rank() : axis.get();
    if (weight.axes().get(dimension).size() != 1) {
      uses.add(new Use(split, weight));
      return;
    }
    long length = weight.axes().size(dimension) / split.numOutputs();
    for (int i = 0; i < split.numOutputs(); i++) {
      follow(weight.cutTo(split.output(i), dimension, i * length, length));
    }
  }

  private void slice(GraphOperation slice, WeightOperand weight) {
    Optional<WeightSlice> found = WeightSlice.of(slice, weight.axes());
    if (found.isEmpty() || weight.cut().isPresent() || !slice.input(0).equals(weight.value())) {
      uses.add(new Use(slice, weight));
    } else if (found.get().isWhole(weight.axes())) {
      follow(weight.seenAs(slice.output(0), weight.axes()));
    } else {
      WeightSlice one = found.get();
      follow(weight.cutTo(slice.output(0), one.dimension(), one.begin(), one.length()));
    }
  }

  /** A product with another weight is a weight; one with data is a layer. */
  private void multiply(GraphOperation product, WeightOperand weight) {
    Output<?> other = other(product, weight);
    boolean plain =
        !product.attributes().getAttrBool("transpose_a")
            && !product.attributes().getAttrBool("transpose_b");
    boolean followed =
        plain
            && isWeight(other)
            && !tracker.isOfData(other)
            && weight.factor().isEmpty()
            && weight.axes().rank() == 2
            && !product.output(0).shape().hasUnknownDimension();
    if (followed) {
      boolean isLeft = product.input(0).equals(weight.value());
      follow(weight.times(product.output(0), other, isLeft));
    } else {
      uses.add(new Use(product, weight));
    }
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
