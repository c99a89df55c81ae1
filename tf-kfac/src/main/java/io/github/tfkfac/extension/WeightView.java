package io.github.tfkfac.extension;

import java.util.List;
import java.util.stream.IntStream;

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
}
