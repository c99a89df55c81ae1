package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** Dimensions of several tensors that are combined entry by entry or multiplied. */
final class JointAxes {

  private static final Set<String> ENTRYWISE =
      Set.of(
          ("Select SelectV2 Add AddV2 Sub Mul Less LessEqual Greater GreaterEqual Equal NotEqual"
                  + " Maximum Minimum FloorMod")
              .split(" "));

  private JointAxes() {}

  /** The dimensions of several tensors that are broadcast against each other. */
  static Traced of(List<Traced> inputs) {
    return Traced.all(inputs, JointAxes::broadcast);
  }

  private static Traced broadcast(List<Axes> all) {
    int rank = all.stream().mapToInt(Axes::rank).max().orElse(0);
    List<List<Part>> result = new ArrayList<>();
    for (int i = -rank; i < 0; i++) {
      List<Part> parts = List.of();
      for (Axes axes : all) {
        parts = joint(parts, at(axes, i));
      }
      result.add(parts);
    }
    return Traced.of(new Axes(result));
  }

  /** A dimension counted from the end; none has length 1. */
  static List<Part> at(Axes axes, int fromEnd) {
    int index = axes.rank() + fromEnd;
    return index < 0 ? List.of() : axes.get(index);
  }

  /** The one of two equal or broadcast dimensions that says more. */
  static List<Part> joint(List<Part> first, List<Part> second) {
    if (first.stream().anyMatch(Part::countsExamples) || second.isEmpty()) {
      return first;
    }
    boolean better =
        first.isEmpty()
            || second.stream().anyMatch(Part::countsExamples)
            || Axes.product(first) == Axes.UNKNOWN;
    return better ? second : first;
  }

  /** Whether a tensor with these dimensions may have a shape of as many. */
  static boolean fits(Axes axes, Shape shape) {
    for (int i = 0; i < axes.rank(); i++) {
      long size = axes.size(i);
      long known = shape.get(i);
      if (size != Axes.UNKNOWN && known != Axes.UNKNOWN && size != known) {
        return false;
      }
    }
    return true;
  }

  /** Whether an operation works entry by entry, whatever its inputs are. */
  static boolean isEntrywise(GraphOperation operation) {
    return ENTRYWISE.contains(operation.type());
  }

  /**
   * A product of matrices or of stacks of them.
   *
   * @param other for other ranks
   */
  static Traced matMul(
      List<Traced> inputs, boolean ofLeft, boolean ofRight, Supplier<Traced> other) {
    return Traced.all(
        inputs.subList(0, 2),
        all -> {
          Axes left = all.get(0);
          Axes right = all.get(1);
          int rank = Math.max(left.rank(), right.rank());
          if (Math.min(left.rank(), right.rank()) < 2) {
            return other.get();
          }
          List<List<Part>> result = new ArrayList<>();
          for (int i = -rank; i < -2; i++) {
            result.add(joint(at(left, i), at(right, i)));
          }
          result.add(left.get(left.rank() - (ofLeft ? 1 : 2)));
          result.add(right.get(right.rank() - (ofRight ? 2 : 1)));
          return Traced.of(new Axes(result));
        });
  }

  /**
   * An Einsum.
   *
   * @param other if its equation cannot be read
   */
  static Traced einsum(GraphOperation operation, List<Traced> inputs, Supplier<Traced> other) {
    return Traced.all(
        inputs,
        all ->
            EinsumLetters.of(operation, all.stream().map(Axes::rank).toList())
                .map(letters -> einsum(letters, all))
                .orElseGet(other));
  }

  private static Traced einsum(EinsumLetters letters, List<Axes> all) {
    List<List<Part>> result = new ArrayList<>();
    for (char letter : letters.output().toCharArray()) {
      List<Part> parts = List.of();
      for (int i = 0; i < all.size(); i++) {
        int index = letters.inputs().get(i).indexOf(letter);
        if (index >= 0) {
          parts = joint(parts, all.get(i).get(index));
        }
      }
      result.add(parts);
    }
    return Traced.of(new Axes(result));
  }
}
