package io.github.tfkfac.internal.graph;

import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** Dimensions of the result of a StridedSlice. */
final class SlicedAxes {

  private SlicedAxes() {}

  /**
   * The remaining dimensions, unless one that counts examples together with something else is cut.
   *
   * @param shape of the result, where known
   */
  static Optional<Axes> of(GraphOperation slice, Axes axes, Shape shape) {
    Shape spec = slice.input(1).shape();
    if (spec.isUnknown() || spec.hasUnknownDimension()) {
      return Optional.empty();
    }
    int entries = Math.toIntExact(spec.size());
    long shrink = slice.attributes().getAttrInt("shrink_axis_mask");
    long added = slice.attributes().getAttrInt("new_axis_mask");
    long ellipsis = slice.attributes().getAttrInt("ellipsis_mask");
    Axes result = axes;
    int dimension = 0;
    for (int i = 0; i < entries; i++) {
      if (isSet(ellipsis, i)) {
        int behind = Long.bitCount(~added & (-1L << (i + 1)) & ((1L << entries) - 1));
        dimension = result.rank() - behind;
      } else if (isSet(added, i)) {
        result = result.inserted(dimension++, List.of());
      } else if (isSet(shrink, i)) {
        result = result.removed(dimension);
      } else {
        Optional<Axes> cut = cut(slice, i, result, dimension, shape);
        if (cut.isEmpty()) {
          return cut;
        }
        result = cut.get();
        dimension++;
      }
    }
    return shape.isUnknown() || shape.numDimensions() == result.rank()
        ? Optional.of(result)
        : Optional.empty();
  }

  private static Optional<Axes> cut(
      GraphOperation slice, int entry, Axes axes, int dimension, Shape shape) {
    boolean whole =
        isSet(slice.attributes().getAttrInt("begin_mask"), entry)
            && isSet(slice.attributes().getAttrInt("end_mask"), entry)
            && Constants.of(slice.input(3)).filter(strides -> strides[entry] == 1).isPresent();
    if (whole) {
      return Optional.of(axes);
    }
    boolean known = !shape.isUnknown() && dimension < shape.numDimensions();
    long size = known ? shape.get(dimension) : Axes.UNKNOWN;
    if (size != Axes.UNKNOWN && size == axes.size(dimension)) {
      return Optional.of(axes);
    }
    if (axes.hasExamples(dimension)) {
      return axes.isExamples(dimension) ? Optional.of(axes) : Optional.empty();
    }
    return Optional.of(axes.with(dimension, Axes.sized(size)));
  }

  private static boolean isSet(long mask, int bit) {
    return (mask >> bit & 1) == 1;
  }
}
