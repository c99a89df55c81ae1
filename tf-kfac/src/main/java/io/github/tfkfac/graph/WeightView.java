package io.github.tfkfac.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/**
 * Layout in which a variable stores a layer's matrix: reshaped to {@code unfolded}, its dimensions
 * put into another order, and reshaped to {@code [inputs, outputs]}.
 *
 * @param unfolded lengths that the variable's dimensions are split into
 * @param order of these in the matrix
 * @param inputs rows of the matrix
 * @param outputs columns of the matrix
 */
public record WeightView(List<Long> unfolded, List<Integer> order, int inputs, int outputs) {

  public WeightView {
    unfolded = List.copyOf(unfolded);
    order = List.copyOf(order);
  }

  /** A variable {@code [inputs, outputs]}. */
  public static WeightView matrix(Shape shape) {
    return new WeightView(
        List.of(shape.get(0), shape.get(1)),
        List.of(0, 1),
        Math.toIntExact(shape.get(0)),
        Math.toIntExact(shape.get(1)));
  }

  /**
   * The view of a variable of which a product uses some parts as inputs, the others as outputs.
   *
   * @param inputs the parts of the variable's dimensions that are summed over, in order
   * @param outputs the others, in order
   */
  static WeightView of(List<Axes.Part> inputs, List<Axes.Part> outputs) {
    List<Axes.Part> parts = new ArrayList<>(inputs);
    parts.addAll(outputs);
    List<Axes.Part> stored =
        parts.stream().sorted(Comparator.comparing(Axes.Part::place, WeightView::compare)).toList();
    return new WeightView(
        stored.stream().map(Axes.Part::size).toList(),
        parts.stream().map(stored::indexOf).toList(),
        Math.toIntExact(Axes.product(inputs)),
        Math.toIntExact(Axes.product(outputs)));
  }

  /** Whether the matrix has the variable's numbers in their order. */
  public boolean isOrdered() {
    return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
  }

  /** The order that brings the matrix's dimensions back into the variable's. */
  public List<Integer> inverseOrder() {
    return IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
  }

  /** Lengths of the unfolded dimensions in the matrix's order. */
  public List<Long> orderedSizes() {
    return order.stream().map(unfolded::get).toList();
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    Optional<Integer> difference =
        IntStream.range(0, Math.min(a.size(), b.size()))
            .mapToObj(i -> Integer.compare(a.get(i), b.get(i)))
            .filter(one -> one != 0)
            .findFirst();
    return difference.orElse(Integer.compare(a.size(), b.size()));
  }
}
