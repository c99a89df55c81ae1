package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.Traced.Unranked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** Dimensions of one tensor that an operation moves, splits, joins or cuts. */
final class MovedAxes {

  private final TracedOutput made;

  MovedAxes(TracedOutput made) {
    this.made = made;
  }

  Traced reshape(Traced input) {
    if (input instanceof Unranked) {
      return made.fresh();
    }
    return input.map(
        axes -> {
          if (made.shape().isUnknown()) {
            return made.unranked();
          }
          Optional<Axes> result = axes.reshaped(made.shape());
          if (result.isPresent()) {
            return Traced.of(result.get());
          }
          return axes.isPlainBatch() && made.shape().numDimensions() > 0
              ? made.fresh()
              : made.lost("the number of examples is not known behind");
        });
  }

  Traced expandDims(Axes axes) {
    Optional<Integer> axis = Constants.scalar(made.operation().input(1));
    if (axis.isEmpty()) {
      return made.lost("the new dimension is not fixed in");
    }
    int index = axis.get() < 0 ? axis.get() + axes.rank() + 1 : axis.get();
    return Traced.of(axes.inserted(index, List.of()));
  }

  Traced squeeze(Axes axes) {
    long[] chosen = made.operation().attributes().getAttrIntList("squeeze_dims");
    Axes result = axes;
    for (int i = axes.rank() - 1; i >= 0; i--) {
      if (names(chosen, i, axes.rank())
          || (chosen.length == 0 && axes.size(i) == 1 && !axes.hasExamples(i))) {
        result = result.removed(i);
      }
    }
    return hasRank(result) ? Traced.of(result) : made.lost("the dimensions are not known behind");
  }

  /** Whether numbers of dimensions, which may count from the end, contain one. */
  static boolean names(long[] dimensions, int dimension, int rank) {
    return Arrays.stream(dimensions).anyMatch(d -> (d < 0 ? d + rank : d) == dimension);
  }

  private boolean hasRank(Axes axes) {
    return made.shape().isUnknown() || made.shape().numDimensions() == axes.rank();
  }

  Traced transpose(Axes axes) {
    return Constants.known(made.operation().input(1))
        .map(order -> Traced.of(axes.transposed(order)))
        .orElseGet(
            () ->
                axes.rank() == 2
                    ? Traced.of(axes.transposed(new long[] {1, 0}))
                    : made.lost("the order of dimensions is not fixed in"));
  }

  Traced tile(Axes axes) {
    if (!axes.hasExamples()) {
      return made.made();
    }
    Optional<long[]> multiples = Constants.of(made.operation().input(1));
    Axes result = axes;
    for (int i = 0; i < axes.rank(); i++) {
      long multiple = multiples.isEmpty() ? Constants.OPEN : multiples.get()[i];
      if (multiple == 1) {
        continue;
      }
      if (axes.hasExamples(i)) {
        return made.lost("examples are repeated by");
      }
      result = result.with(i, made.sizeOf(i));
    }
    return Traced.of(result);
  }

  /** The remaining dimensions, unless one that counts examples and something else is cut. */
  Traced stridedSlice(Axes axes) {
    return sliced(axes).map(Traced::of).orElseGet(() -> made.lost("examples are cut by"));
  }

  private Optional<Axes> sliced(Axes axes) {
    GraphOperation slice = made.operation();
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
        Optional<Axes> cut = cut(i, result, dimension);
        if (cut.isEmpty()) {
          return cut;
        }
        result = cut.get();
        dimension++;
      }
    }
    return hasRank(result) ? Optional.of(result) : Optional.empty();
  }

  private Optional<Axes> cut(int entry, Axes axes, int dimension) {
    GraphOperation slice = made.operation();
    boolean whole =
        isSet(slice.attributes().getAttrInt("begin_mask"), entry)
            && isSet(slice.attributes().getAttrInt("end_mask"), entry)
            && Constants.of(slice.input(3)).filter(strides -> strides[entry] == 1).isPresent();
    if (whole) {
      return Optional.of(axes);
    }
    Shape shape = made.shape();
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

  /** Every dimension may have another length. */
  Traced resized(Axes axes) {
    Axes result = axes;
    for (int i = 0; i < axes.rank(); i++) {
      long size = made.shape().isUnknown() ? Axes.UNKNOWN : made.shape().get(i);
      boolean same = size != Axes.UNKNOWN && size == axes.size(i);
      if (axes.hasExamples(i)) {
        boolean open = size == Axes.UNKNOWN && axes.size(i) == Axes.UNKNOWN;
        if (!same && !open && !axes.isExamples(i)) {
          return made.lost("examples are cut by");
        }
        if (!same && axes.isExamples(i) && size != Axes.UNKNOWN) {
          return i == 0 ? made.fresh() : made.lost("examples are cut by");
        }
      } else if (!same) {
        result = result.with(i, Axes.sized(size));
      }
    }
    return Traced.of(result);
  }

  Traced spaceToBatch(Axes axes) {
    return ofBlocks(
        block -> {
          List<Part> parts = new ArrayList<>();
          block.forEach(size -> parts.addAll(Axes.sized(size)));
          parts.addAll(axes.get(0));
          return Traced.of(Axes.of(made.shape()).with(0, parts));
        });
  }

  Traced batchToSpace(Axes axes) {
    return ofBlocks(
        block -> {
          List<Part> cut = block.stream().flatMap(size -> Axes.sized(size).stream()).toList();
          List<Part> parts = axes.get(0);
          boolean joined =
              parts.size() >= cut.size()
                  && IntStream.range(0, cut.size())
                      .allMatch(
                          i ->
                              !parts.get(i).countsExamples()
                                  && parts.get(i).size() == cut.get(i).size());
          return joined
              ? Traced.of(Axes.of(made.shape()).with(0, parts.subList(cut.size(), parts.size())))
              : made.lost("the number of examples is not known behind");
        });
  }

  private Traced ofBlocks(Function<List<Long>, Traced> next) {
    Optional<long[]> block = Constants.known(made.operation().input(1));
    return block.isEmpty() || made.shape().isUnknown()
        ? made.lost("the number of blocks is not fixed in")
        : next.apply(Arrays.stream(block.get()).boxed().toList());
  }

  Traced unpack(Axes axes) {
    int axis = Math.toIntExact(made.operation().attributes().getAttrInt("axis"));
    return Traced.of(axes.removed(axis < 0 ? axis + axes.rank() : axis));
  }

  Traced oneHot(Axes indices) {
    long axis = made.operation().attributes().getAttrInt("axis");
    int index = Math.toIntExact(axis < 0 ? indices.rank() : axis);
    Axes result = indices.inserted(index, List.of());
    return Traced.of(result.with(index, made.sizeOf(index)));
  }
}
