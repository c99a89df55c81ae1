package io.github.tfkfac.models.data;

import java.util.stream.IntStream;

/** The order in which an epoch visits the images of a data set. */
@FunctionalInterface
public interface Order {

  /** The numbers 0 to {@code size - 1}, each once, in the order of the given epoch. */
  int[] indices(int size, int epoch);

  /** Every epoch in the order of the data set. */
  static Order sequential() {
    return (size, epoch) -> IntStream.range(0, size).toArray();
  }
}
