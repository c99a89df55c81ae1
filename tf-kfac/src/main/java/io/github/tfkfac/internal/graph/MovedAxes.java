package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.Traced.Unranked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
      int index = i;
      boolean named = Arrays.stream(chosen).anyMatch(d -> (d < 0 ? d + axes.rank() : d) == index);
      if (named || (chosen.length == 0 && axes.size(i) == 1 && !axes.hasExamples(i))) {
        result = result.removed(i);
      }
    }
    boolean fits = made.shape().isUnknown() || made.shape().numDimensions() == result.rank();
    return fits ? Traced.of(result) : made.lost("the dimensions are not known behind");
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

  Traced stridedSlice(Axes axes) {
    return SlicedAxes.of(made.operation(), axes, made.shape())
        .map(Traced::of)
        .orElseGet(() -> made.lost("examples are cut by"));
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
    Optional<long[]> block = Constants.known(made.operation().input(1));
    if (block.isEmpty() || made.shape().isUnknown()) {
      return made.lost("the number of blocks is not fixed in");
    }
    List<Part> parts = new ArrayList<>();
    for (long size : block.get()) {
      parts.addAll(Axes.sized(size));
    }
    parts.addAll(axes.get(0));
    return Traced.of(Axes.of(made.shape()).with(0, parts));
  }

  Traced batchToSpace(Axes axes) {
    Optional<long[]> block = Constants.known(made.operation().input(1));
    if (block.isEmpty() || made.shape().isUnknown()) {
      return made.lost("the number of blocks is not fixed in");
    }
    List<Part> open = new ArrayList<>(axes.get(0));
    for (long size : block.get()) {
      if (size == 1) {
        continue;
      }
      if (open.isEmpty() || open.get(0).countsExamples() || open.get(0).size() != size) {
        return made.lost("the number of examples is not known behind");
      }
      open.remove(0);
    }
    return Traced.of(Axes.of(made.shape()).with(0, open));
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
