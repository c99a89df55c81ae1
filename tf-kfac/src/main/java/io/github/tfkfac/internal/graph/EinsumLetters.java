package io.github.tfkfac.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;

/**
 * The equation of an Einsum with a letter for every dimension.
 *
 * @param inputs of each operand; an ellipsis is written as capital Greek letters
 * @param output of the result
 */
record EinsumLetters(List<String> inputs, String output) {

  private static final String ELLIPSIS = "...";

  EinsumLetters {
    inputs = List.copyOf(inputs);
  }

  /** Reads an operation's equation. */
  static Optional<EinsumLetters> of(GraphOperation einsum, List<Integer> ranks) {
    String[] sides = einsum.attributes().getAttrString("equation").replace(" ", "").split("->", -1);
    if (sides.length != 2) {
      return Optional.empty();
    }
    String[] operands = sides[0].split(",", -1);
    if (operands.length != ranks.size()) {
      return Optional.empty();
    }
    List<String> inputs = new ArrayList<>();
    int longest = 0;
    for (int i = 0; i < operands.length; i++) {
      boolean open = operands[i].contains(ELLIPSIS);
      int covered = ranks.get(i) - operands[i].length() + (open ? ELLIPSIS.length() : 0);
      if (covered < 0 || (!open && covered > 0)) {
        return Optional.empty();
      }
      longest = Math.max(longest, covered);
      inputs.add(operands[i].replace(ELLIPSIS, letters(covered)));
    }
    return Optional.of(new EinsumLetters(inputs, sides[1].replace(ELLIPSIS, letters(longest))));
  }

  /** The product of two matrices or of stacks of them that are broadcast against each other. */
  static EinsumLetters ofMatrices(GraphOperation product, int left, int right) {
    boolean single = product.type().equals("MatMul");
    boolean ofLeft = product.attributes().getAttrBool(single ? "transpose_a" : "adj_x");
    boolean ofRight = product.attributes().getAttrBool(single ? "transpose_b" : "adj_y");
    String leftStack = letters(left - 2);
    String rightStack = letters(right - 2);
    String stack = left > right ? leftStack : rightStack;
    return new EinsumLetters(
        List.of(leftStack + (ofLeft ? "ki" : "ik"), rightStack + (ofRight ? "jk" : "kj")),
        stack + "ij");
  }

  /** Letters for this many dimensions, the same for those that are last. */
  private static String letters(int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = count; i > 0; i--) {
      letters.append((char) ('\u0391' + i));
    }
    return letters.toString();
  }
}
