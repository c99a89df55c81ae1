package io.github.tfkfac.graph;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Output;

/**
 * A step from a tensor at an operation to the rows of the layer that the operation is part of.
 *
 * <p>Steps are linear: applied to the gradient of a tensor they give the gradient of what the steps
 * make of it, as far as they only move numbers.
 */
public sealed interface ViewStep {

  /** A dimension of a tensor in the graph. */
  record Dimension(Output<?> tensor, int index) {}

  /** Conversion to the type of the layer's weight. */
  record Cast() implements ViewStep {}

  /**
   * Another shape.
   *
   * @param shape lengths, at most one of them -1, besides {@link #EXAMPLES}
   * @param examples the dimension that is as long as {@link #EXAMPLES} says
   */
  record Reshape(List<Long> shape, Optional<Dimension> examples) implements ViewStep {

    /** Stands for the number of examples. */
    public static final long EXAMPLES = -2;

    public Reshape {
      shape = List.copyOf(shape);
    }
  }

  /** Another order of the dimensions. */
  record Transpose(List<Integer> order) implements ViewStep {

    public Transpose {
      order = List.copyOf(order);
    }
  }

  /**
   * Zeros around the last dimension, for a layer's part that reads or writes some features only.
   *
   * @param before zeros before it
   * @param after zeros behind it
   */
  record Pad(int before, int after) implements ViewStep {}

  /** The windows of a transposed convolution, each as a row. */
  record Windows(ConvolutionGeometry geometry) implements ViewStep {}

  /**
   * The product of the rows with a matrix.
   *
   * @param matrix a matrix in the graph
   * @param transposed whether it is transposed
   */
  record Product(Output<?> matrix, boolean transposed) implements ViewStep {}

  /** The product with a number that the graph fixes or computes. */
  record Scale(Output<?> factor) implements ViewStep {}
}
