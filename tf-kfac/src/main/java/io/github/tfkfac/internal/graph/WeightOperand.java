package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * A weight's value on its way to the operation that applies it.
 *
 * @param axes which parts of the variable's dimensions its dimensions are
 * @param cut which part of the variable it is, if not all of it
 * @param factor the matrix that the variable was multiplied by, if it was
 * @param scales numbers that it was multiplied by
 */
record WeightOperand(
    Output<?> value,
    Axes axes,
    Optional<Cut> cut,
    Optional<Factor> factor,
    List<Output<?>> scales) {

  /** First entry of the place of a part that belongs to another variable. */
  private static final int FOREIGN = Integer.MAX_VALUE;

  /**
   * Some neighboring entries of a dimension of the variable.
   *
   * @param part the dimension as it was before
   * @param before entries before them
   */
  record Cut(Part part, long before) {}

  /**
   * A product {@code A·B} of two weights that a layer applies as one, as in a low-rank adapter.
   *
   * @param other the other factor, a matrix
   * @param isLeft whether the variable is A
   * @param rank parts of the variable's dimension that the product sums over
   */
  record Factor(Output<?> other, boolean isLeft, List<Part> rank) {}

  WeightOperand {
    scales = List.copyOf(scales);
  }

  static WeightOperand of(Output<?> value, Shape shape) {
    return new WeightOperand(
        value, Axes.placed(shape), Optional.empty(), Optional.empty(), List.of());
  }

  /** The same numbers in other dimensions. */
  WeightOperand seenAs(Output<?> other, Axes otherAxes) {
    return new WeightOperand(other, otherAxes, cut, factor, scales);
  }

  WeightOperand scaledBy(Output<?> number, Output<?> product) {
    List<Output<?>> longer = new ArrayList<>(scales);
    longer.add(number);
    return new WeightOperand(product, axes, cut, factor, longer);
  }

  WeightOperand cutTo(Output<?> slice, int dimension, long before, long length) {
    Part whole = axes.get(dimension).get(0);
    Part rest = new Part(whole.place(), length, null);
    return new WeightOperand(
        slice,
        axes.with(dimension, List.of(rest)),
        Optional.of(new Cut(whole, before)),
        factor,
        scales);
  }

  /** The product with another matrix of weights. */
  WeightOperand times(Output<?> product, Output<?> other, boolean isLeft) {
    Shape shape = product.shape();
    Part foreign = new Part(List.of(FOREIGN), shape.get(isLeft ? 1 : 0), null);
    List<List<Part>> dimensions =
        isLeft ? List.of(axes.get(0), List.of(foreign)) : List.of(List.of(foreign), axes.get(1));
    Factor next = new Factor(other, isLeft, axes.get(isLeft ? 1 : 0));
    return new WeightOperand(product, new Axes(dimensions), cut, Optional.of(next), scales);
  }

  /** Whether a part belongs to the other factor of a product. */
  static boolean isForeign(Part part) {
    return !part.place().isEmpty() && part.place().get(0) == FOREIGN;
  }

  /** A part with the length that it has in the variable. */
  private Part whole(Part part) {
    return cut.map(Cut::part).filter(one -> one.place().equals(part.place())).orElse(part);
  }

  /** Parts with the lengths that they have in the variable. */
  List<Part> whole(List<Part> parts) {
    return parts.stream().map(this::whole).toList();
  }

  /** The zeros that bring features of the cut parts to the length of the whole ones. */
  Optional<ViewStep.Pad> pad(List<Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (cut.isPresent() && cut.get().part().place().equals(part.place())) {
        long inner = Axes.product(parts.subList(i + 1, parts.size()));
        long before = cut.get().before() * inner;
        long after = (cut.get().part().size() - cut.get().before() - part.size()) * inner;
        return Optional.of(new ViewStep.Pad(Math.toIntExact(before), Math.toIntExact(after)));
      }
    }
    return Optional.empty();
  }

  /** Whether a cut part is the slowest of its features, so that the others are whole. */
  boolean cutsSlowest(List<Part> parts) {
    List<Part> cuts = parts.stream().filter(part -> !whole(part).equals(part)).toList();
    return cuts.isEmpty() || (cuts.size() == 1 && parts.indexOf(cuts.get(0)) == 0);
  }

  /** Whether the part that was cut is still one of the parts. */
  boolean keepsCut() {
    return cut.isEmpty()
        || axes.parts().anyMatch(part -> part.place().equals(cut.get().part().place()));
  }
}
