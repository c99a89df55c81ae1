package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ViewStep.Dimension;
import io.github.tfkfac.extension.WeightView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Dimensions of a tensor, each a product of parts in row-major order: what a chain of reshapes and
 * transposes has made of the dimensions of an earlier tensor.
 *
 * @param dimensions parts of every dimension; a dimension of length 1 has none
 */
record Axes(List<List<Part>> dimensions) {

  /** Length that is not known when the graph is built. */
  static final long UNKNOWN = Shape.UNKNOWN_SIZE;

  Axes {
    dimensions = dimensions.stream().map(List::copyOf).toList();
  }

  /**
   * A factor of a dimension.
   *
   * @param place where it lay in the earlier tensor; splitting a part appends 0 or 1
   * @param size its length or {@link #UNKNOWN}
   * @param examples where the number of examples can be read, if it counts them
   */
  record Part(List<Integer> place, long size, @Nullable Dimension examples) {

    static Part of(long size) {
      return new Part(List.of(), size, null);
    }

    boolean countsExamples() {
      return examples != null;
    }

    private Part at(int half, long length) {
      List<Integer> longer = new ArrayList<>(place);
      longer.add(half);
      return new Part(longer, length, null);
    }
  }

  /** Dimensions of which nothing but the length is known. */
  static Axes of(Shape shape) {
    return of(shape, i -> Part.of(shape.get(i)));
  }

  /** The same, with the places of the parts, of which none counts examples. */
  static Axes placed(Shape shape) {
    return of(shape, i -> new Part(List.of(i), shape.get(i), null));
  }

  private static Axes of(Shape shape, IntFunction<Part> part) {
    return new Axes(
        IntStream.range(0, shape.numDimensions())
            .mapToObj(i -> shape.get(i) == 1 ? List.<Part>of() : List.of(part.apply(i)))
            .toList());
  }

  /** A batch whose first dimension counts the examples. */
  static Axes batch(Output<?> tensor, Shape shape) {
    return batch(tensor, shape, 0);
  }

  /** A tensor of which one dimension counts the examples. */
  static Axes batch(Output<?> tensor, Shape shape, int dimension) {
    Part examples = new Part(List.of(), shape.get(dimension), new Dimension(tensor, dimension));
    return of(shape).with(dimension, List.of(examples));
  }

  static List<Part> sized(long size) {
    return size == 1 ? List.of() : List.of(Part.of(size));
  }

  int rank() {
    return dimensions.size();
  }

  List<Part> get(int dimension) {
    return dimensions.get(dimension);
  }

  Stream<Part> parts() {
    return dimensions.stream().flatMap(List::stream);
  }

  /** Whether one of the dimensions counts examples, alone or with others. */
  boolean hasExamples() {
    return parts().anyMatch(Part::countsExamples);
  }

  /**
   * Whether examples are counted by nothing or by the first dimension, which counts nothing else.
   */
  boolean isPlainBatch() {
    return !hasExamples() || isExamples(0);
  }

  boolean isExamples(int dimension) {
    List<Part> parts = dimensions.get(dimension);
    return parts.size() == 1 && parts.get(0).countsExamples();
  }

  boolean hasExamples(int dimension) {
    return dimensions.get(dimension).stream().anyMatch(Part::countsExamples);
  }

  /** Length of a dimension or {@link #UNKNOWN}. */
  long size(int dimension) {
    return product(dimensions.get(dimension));
  }

  /**
   * The view of a variable of which a product uses some parts as inputs, the others as outputs.
   *
   * @param inputs the parts of the variable's dimensions that are summed over, in order
   * @param outputs the others, in order
   */
  static WeightView view(List<Part> inputs, List<Part> outputs) {
    List<Part> parts = new ArrayList<>(inputs);
    parts.addAll(outputs);
    List<Part> stored =
        parts.stream().sorted(Comparator.comparing(Part::place, Axes::compare)).toList();
    return new WeightView(
        stored.stream().map(Part::size).toList(),
        parts.stream().map(stored::indexOf).toList(),
        Math.toIntExact(product(inputs)),
        Math.toIntExact(product(outputs)));
  }

  static long product(List<Part> parts) {
    return parts.stream()
        .mapToLong(Part::size)
        .reduce(1, (a, b) -> a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a * b);
  }

  Axes transposed(long[] order) {
    return new Axes(Arrays.stream(order).mapToObj(i -> dimensions.get((int) i)).toList());
  }

  Axes with(int dimension, List<Part> parts) {
    return replaced(dimension, dimension + 1, List.of(parts));
  }

  Axes inserted(int dimension, List<Part> parts) {
    return replaced(dimension, dimension, List.of(parts));
  }

  Axes removed(int dimension) {
    return replaced(dimension, dimension + 1, List.of());
  }

  /** The same with others in place of some dimensions. */
  Axes replaced(int from, int to, List<List<Part>> others) {
    List<List<Part>> result = new ArrayList<>(dimensions.subList(0, from));
    result.addAll(others);
    result.addAll(dimensions.subList(to, rank()));
    return new Axes(result);
  }

  /** The same numbers in another shape, unless that splits what counts the examples. */
  Optional<Axes> reshaped(Shape to) {
    int rank = to.numDimensions();
    Deque<Part> open = new ArrayDeque<>(parts().toList());
    List<List<Part>> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      result.add(new ArrayList<>());
    }
    int first = 0;
    for (; first < rank && to.get(first) != UNKNOWN; first++) {
      if (!take(open, to.get(first), result.get(first), true)) {
        return Optional.empty();
      }
    }
    int last = rank - 1;
    for (; last > first && to.get(last) != UNKNOWN; last--) {
      if (!take(open, to.get(last), result.get(last), false)) {
        return Optional.empty();
      }
      Collections.reverse(result.get(last));
    }
    if (first == last) {
      result.get(first).addAll(open);
    } else if (first < last && open.size() == last - first + 1) {
      for (int i = first; i <= last; i++) {
        result.get(i).add(open.remove());
      }
    } else if (!open.isEmpty() || first < last) {
      return Optional.empty();
    }
    return Optional.of(new Axes(result));
  }

  /** Moves parts of a total length from one end; splits one if need be. */
  private static boolean take(Deque<Part> open, long length, List<Part> taken, boolean front) {
    long left = length;
    while (left > 1 || isSingleExample(open, left, taken, front)) {
      Part part = front ? open.pollFirst() : open.pollLast();
      if (part == null || part.size() == UNKNOWN) {
        return false;
      }
      if (left % part.size() == 0) {
        taken.add(part);
        left /= part.size();
      } else if (part.size() % left == 0 && !part.countsExamples()) {
        taken.add(part.at(front ? 0 : 1, left));
        Part rest = part.at(front ? 1 : 0, part.size() / left);
        if (front) {
          open.addFirst(rest);
        } else {
          open.addLast(rest);
        }
        left = 1;
      } else {
        return false;
      }
    }
    return left == 1;
  }

  private static boolean isSingleExample(
      Deque<Part> open, long left, List<Part> taken, boolean front) {
    Part next = front ? open.peekFirst() : null;
    return left == 1
        && taken.isEmpty()
        && next != null
        && next.countsExamples()
        && next.size() == 1;
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
