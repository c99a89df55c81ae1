package io.github.tfkfac.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
  private final List<Use> uses = new ArrayList<>();

  /** An operation that does something else with a weight than to pass it on. */
  record Use(GraphOperation consumer, WeightOperand weight) {}

  private WeightPath(LossPath path, AxisTracker tracker) {
    this.path = path;
    this.tracker = tracker;
  }

  /**
   * Follows a weight.
   *
   * @param values outputs of the variable or of reads of it
   */
  static List<Use> of(
      Iterable<? extends Output<?>> values, Shape shape, LossPath path, AxisTracker tracker) {
    WeightPath walk = new WeightPath(path, tracker);
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

  /** A StridedSlice that keeps neighboring entries of one dimension, or everything. */
  private static List<WeightOperand> sliced(GraphOperation slice, WeightOperand weight) {
    Optional<long[]> begins = Constants.known(slice.input(1));
    Optional<long[]> ends = Constants.known(slice.input(2));
    Optional<long[]> strides = Constants.known(slice.input(3));
    boolean plain =
        Stream.of("shrink_axis_mask", "new_axis_mask", "ellipsis_mask")
            .allMatch(mask -> slice.attributes().getAttrInt(mask) == 0);
    if (!plain
        || begins.isEmpty()
        || ends.isEmpty()
        || strides.isEmpty()
        || weight.cut().isPresent()
        || !slice.input(0).equals(weight.value())) {
      return List.of();
    }
    WeightOperand found = weight.seenAs(slice.output(0), weight.axes());
    for (int i = 0; i < begins.get().length; i++) {
      long size = weight.axes().size(i);
      long begin = bound(begins.get()[i], size, slice, "begin_mask", i, 0);
      long end = bound(ends.get()[i], size, slice, "end_mask", i, size);
      boolean whole = begin == 0 && end == size;
      boolean cuttable = found.cut().isEmpty() && weight.axes().get(i).size() == 1;
      if (strides.get()[i] != 1 || end <= begin || (!whole && !cuttable)) {
        return List.of();
      }
      if (!whole) {
        found = weight.cutTo(slice.output(0), i, begin, end - begin);
      }
    }
    return List.of(found);
  }

  private static long bound(
      long value, long size, GraphOperation slice, String mask, int entry, long otherwise) {
    if ((slice.attributes().getAttrInt(mask) >> entry & 1) == 1) {
      return otherwise;
    }
    return Math.max(0, Math.min(size, value < 0 ? value + size : value));
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
    return tracker.isFed()
        && tracker.of(value).axes().filter(axes -> !axes.hasExamples()).isPresent();
  }
}
