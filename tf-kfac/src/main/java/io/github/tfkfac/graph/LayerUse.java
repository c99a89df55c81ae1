package io.github.tfkfac.graph;

import org.tensorflow.Output;

/**
 * One place in the graph where a layer's weight is applied.
 *
 * @param input what the weight is applied to
 * @param output the result, before a bias is added
 * @param inputOrientation whether the rows of {@code input} are examples or features
 */
public record LayerUse(Output<?> input, Output<?> output, Orientation inputOrientation) {

  /** What the next to last dimension of a dense layer's input counts. */
  public enum Orientation {
    /** {@code [..., rows, features]}, the usual case. */
    ROWS_ARE_EXAMPLES,
    /** {@code [..., features, rows]}: the input is transposed before the product. */
    ROWS_ARE_FEATURES
  }
}
