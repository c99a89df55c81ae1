package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** Dimensions of several tensors that are combined entry by entry. */
final class JointAxes {

  private JointAxes() {}

  /** The dimensions of several tensors that are broadcast against each other. */
  static Traced of(List<Traced> inputs) {
    Optional<Traced> unknown = Traced.firstUnknown(inputs);
    if (unknown.isPresent()) {
      return unknown.get();
    }
    List<Axes> all = inputs.stream().map(one -> one.axes().orElseThrow()).toList();
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
    return switch (operation.type()) {
      case "Select",
          "SelectV2",
          "Add",
          "AddV2",
          "Sub",
          "Mul",
          "Less",
          "LessEqual",
          "Greater",
          "GreaterEqual",
          "Equal",
          "NotEqual",
          "Maximum",
          "Minimum",
          "FloorMod" ->
          true;
      default -> false;
    };
  }
}
