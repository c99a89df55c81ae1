package io.github.tfkfac.internal.graph;

import java.util.Optional;
import org.tensorflow.GraphOperation;

/**
 * A StridedSlice that keeps neighboring entries of one dimension.
 *
 * @param dimension which
 * @param begin the first entry
 * @param length number of entries
 */
record WeightSlice(int dimension, long begin, long length) {

  /** Reads a slice of a tensor with fixed lengths. */
  static Optional<WeightSlice> of(GraphOperation slice, Axes axes) {
    Optional<long[]> begins = Constants.known(slice.input(1));
    Optional<long[]> ends = Constants.known(slice.input(2));
    Optional<long[]> strides = Constants.known(slice.input(3));
    boolean plain =
        slice.attributes().getAttrInt("shrink_axis_mask") == 0
            && slice.attributes().getAttrInt("new_axis_mask") == 0
            && slice.attributes().getAttrInt("ellipsis_mask") == 0;
    if (!plain || begins.isEmpty() || ends.isEmpty() || strides.isEmpty()) {
      return Optional.empty();
    }
    WeightSlice found = new WeightSlice(0, 0, axes.size(0));
    for (int i = 0; i < begins.get().length; i++) {
      long size = axes.size(i);
      long begin = bound(begins.get()[i], size, slice, "begin_mask", i, 0);
      long end = bound(ends.get()[i], size, slice, "end_mask", i, size);
      if (strides.get()[i] != 1 || end <= begin) {
        return Optional.empty();
      }
      if (end - begin < size) {
        if (!found.isWhole(axes) || axes.get(i).size() != 1) {
          return Optional.empty();
        }
        found = new WeightSlice(i, begin, end - begin);
      }
    }
    return Optional.of(found);
  }

  boolean isWhole(Axes axes) {
    return length == axes.size(dimension);
  }

  private static long bound(
      long value, long size, GraphOperation slice, String mask, int entry, long otherwise) {
    if ((slice.attributes().getAttrInt(mask) >> entry & 1) == 1) {
      return otherwise;
    }
    return Math.max(0, Math.min(size, value < 0 ? value + size : value));
  }
}
