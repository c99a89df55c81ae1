package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;

/** Dimensions of products of tensors. */
final class ProductAxes {

  private final GraphOperation operation;
  private final List<Traced> inputs;

  ProductAxes(GraphOperation operation, List<Traced> inputs) {
    this.operation = operation;
    this.inputs = inputs;
  }

  /** A product of matrices or of stacks of them; nothing for other ranks. */
  Optional<Traced> matMul(String transposeLeft, String transposeRight) {
    Optional<Traced> unknown = Traced.firstUnknown(inputs.subList(0, 2));
    if (unknown.isPresent()) {
      return unknown;
    }
    Axes left = inputs.get(0).axes().orElseThrow();
    Axes right = inputs.get(1).axes().orElseThrow();
    int rank = Math.max(left.rank(), right.rank());
    if (Math.min(left.rank(), right.rank()) < 2) {
      return Optional.empty();
    }
    List<List<Part>> result = new ArrayList<>();
    for (int i = 0; i < rank - 2; i++) {
      result.add(JointAxes.joint(JointAxes.at(left, i - rank), JointAxes.at(right, i - rank)));
    }
    boolean ofLeft = operation.attributes().getAttrBool(transposeLeft);
    boolean ofRight = operation.attributes().getAttrBool(transposeRight);
    result.add(left.get(left.rank() - (ofLeft ? 1 : 2)));
    result.add(right.get(right.rank() - (ofRight ? 2 : 1)));
    return Optional.of(Traced.of(new Axes(result)));
  }

  /** An Einsum; nothing if its equation cannot be read. */
  Optional<Traced> einsum() {
    Optional<Traced> unknown = Traced.firstUnknown(inputs);
    if (unknown.isPresent()) {
      return unknown;
    }
    List<Integer> ranks = inputs.stream().map(one -> one.axes().orElseThrow().rank()).toList();
    Optional<EinsumLetters> letters = EinsumLetters.of(operation, ranks);
    if (letters.isEmpty()) {
      return Optional.empty();
    }
    List<List<Part>> result = new ArrayList<>();
    String output = letters.get().output();
    for (int at = 0; at < output.length(); at++) {
      char letter = output.charAt(at);
      List<Part> parts = List.of();
      for (int i = 0; i < inputs.size(); i++) {
        int index = letters.get().inputs().get(i).indexOf(letter);
        if (index >= 0) {
          parts = JointAxes.joint(parts, inputs.get(i).axes().orElseThrow().get(index));
        }
      }
      result.add(parts);
    }
    return Optional.of(Traced.of(new Axes(result)));
  }
}
