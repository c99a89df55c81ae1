package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.extension.ViewStep.Reshape;
import io.github.tfkfac.internal.graph.Axes.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * A tensor's view as {@code [examples, positions..., features...]}.
 *
 * @param steps from the tensor to its rows
 * @param rows the shape that the steps lead to, where known
 */
record UseViews(List<ViewStep> steps, Shape rows) {

  /** Form of the dimensions of features in the rows. */
  enum Features {
    /** As one dimension. */
    MERGED,
    /** Each for itself. */
    APART
  }

  /**
   * The view of a tensor.
   *
   * @param axes what its dimensions count; exactly one part counts the examples
   * @param positions dimensions of examples and positions, in order
   * @param features the other dimensions, in the order wanted
   * @return nothing if lengths are needed that nothing tells
   */
  static Optional<UseViews> of(
      Axes axes, List<Integer> positions, List<Integer> features, Features form) {
    List<Integer> dimensions = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    boolean split = false;
    for (int i = 0; i < axes.rank(); i++) {
      boolean feature = features.contains(i);
      List<Part> own = axes.get(i);
      boolean whole = feature || own.isEmpty() || own.size() == 1;
      split |= !whole;
      for (Part part : whole ? List.of(one(own)) : own) {
        dimensions.add(i);
        parts.add(part);
      }
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).countsExamples()) {
        order.add(i);
      }
    }
    for (int position : positions) {
      for (int i = 0; i < parts.size(); i++) {
        if (dimensions.get(i) == position && !parts.get(i).countsExamples()) {
          order.add(i);
        }
      }
    }
    for (int feature : features) {
      order.add(dimensions.indexOf(feature));
    }
    List<Part> ordered = order.stream().map(parts::get).toList();
    List<Part> merged = form == Features.MERGED ? merged(ordered, features.size()) : ordered;
    List<Optional<? extends ViewStep>> steps = new ArrayList<>();
    if (split) {
      steps.add(reshape(parts));
    }
    if (!IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i)) {
      steps.add(Optional.of(new ViewStep.Transpose(order)));
    }
    if (merged.size() != ordered.size()) {
      steps.add(reshape(merged));
    }
    return steps.stream().allMatch(Optional::isPresent)
        ? Optional.of(
            new UseViews(
                steps.stream().<ViewStep>map(Optional::orElseThrow).toList(), shape(merged)))
        : Optional.empty();
  }

  /** A layer's use seen in two ways, with the rows of its output. */
  static Optional<LayerUse> use(
      Output<?> input, Output<?> output, Optional<UseViews> in, Optional<UseViews> out) {
    return in.flatMap(
        ofInput ->
            out.map(
                ofOutput ->
                    new LayerUse(
                        input, output, ofInput.steps(), ofOutput.steps(), ofOutput.rows())));
  }

  /** A reshape to the lengths of parts, if at most one of them is open besides the examples. */
  static Optional<Reshape> reshape(List<Part> parts) {
    long open = parts.stream().filter(part -> part.size() == Axes.UNKNOWN).count();
    List<Long> sizes = new ArrayList<>();
    Optional<ViewStep.Dimension> examples = Optional.empty();
    for (Part part : parts) {
      if (open > 1 && part.countsExamples() && part.size() == Axes.UNKNOWN) {
        sizes.add(Reshape.EXAMPLES);
        examples = Optional.ofNullable(part.examples());
      } else {
        sizes.add(part.size());
      }
    }
    boolean clear = sizes.stream().filter(size -> size == Axes.UNKNOWN).count() <= 1;
    return clear ? Optional.of(new Reshape(sizes, examples)) : Optional.empty();
  }

  private static Part one(List<Part> parts) {
    return parts.size() == 1 ? parts.get(0) : Part.of(Axes.product(parts));
  }

  private static List<Part> merged(List<Part> parts, int features) {
    int rows = parts.size() - features;
    List<Part> result = new ArrayList<>(parts.subList(0, rows));
    result.add(Part.of(Axes.product(parts.subList(rows, parts.size()))));
    return result;
  }

  private static Shape shape(List<Part> parts) {
    return Shape.of(parts.stream().mapToLong(Part::size).toArray());
  }
}
