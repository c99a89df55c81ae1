package io.github.tfkfac.extension;

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

  /**
   * Zeros around images {@code [..., height, width, channels]}, as many rows and columns as these
   * numbers say.
   */
  record Margins(int top, int bottom, int left, int right) implements ViewStep {}

  /**
   * Margins of zeros around images {@code [..., height, width, channels]}: the paddings less the
   * crops; where that is negative, rows or columns are left out.
   *
   * @param paddings numbers before and behind some dimensions, {@code [dimensions, 2]}
   * @param crops numbers to be taken off again, likewise
   * @param axes of each of these dimensions 0 for height, 1 for width, 2 for channels
   */
  record Border(Output<?> paddings, Output<?> crops, List<Integer> axes) implements ViewStep {

    public Border {
      axes = List.copyOf(axes);
    }
  }

  /** The windows of a transposed convolution, each as a row. */
  record Windows(ConvolutionGeometry geometry) implements ViewStep {}

  /**
   * The windows of a three-dimensional convolution over {@code [..., depth, height, width,
   * channels]}, each as a row.
   *
   * @param kernel lengths of a window
   * @param strides distances of two neighboring windows
   * @param padding border rule
   */
  record Volumes(List<Long> kernel, List<Long> strides, ConvolutionGeometry.Padding padding)
      implements ViewStep {

    public Volumes {
      kernel = List.copyOf(kernel);
      strides = List.copyOf(strides);
    }
  }

  /**
   * Rows of a matrix in place of their indices.
   *
   * @param table a matrix in the graph
   */
  record LookUp(Output<?> table) implements ViewStep {}

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
