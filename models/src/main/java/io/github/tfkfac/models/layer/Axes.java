package io.github.tfkfac.models.layer;

import org.tensorflow.ndarray.Shape;

/**
 * The meaning of a parameter's axes: gives the fans that initial values are scaled by, and tells an
 * importer how to reorder the axes of other libraries.
 */
public sealed interface Axes {

  /** Inputs that one output of the layer sums over, for a parameter of this {@code shape}. */
  long fanIn(Shape shape);

  /** Outputs that one input of the layer contributes to, for a parameter of this {@code shape}. */
  long fanOut(Shape shape);

  /** One entry per channel: {@code [channels]}, as a bias or the parameters of BatchNorm. */
  record PerChannel() implements Axes {
    @Override
    public long fanIn(Shape shape) {
      return shape.size();
    }

    @Override
    public long fanOut(Shape shape) {
      return shape.size();
    }
  }

  /** Kernel of a dense layer: {@code [inputs, outputs]}. */
  record Dense() implements Axes {
    @Override
    public long fanIn(Shape shape) {
      return shape.get(0);
    }

    @Override
    public long fanOut(Shape shape) {
      return shape.get(1);
    }
  }

  /**
   * Kernel of a dense layer on flattened images: {@code [height * width * channels, outputs]}, rows
   * in the order height, width, channels.
   *
   * @param height rows of the image that is flattened
   * @param width columns of the image
   * @param channels channels of the image
   */
  record FlattenedDense(long height, long width, long channels) implements Axes {
    @Override
    public long fanIn(Shape shape) {
      return shape.get(0);
    }

    @Override
    public long fanOut(Shape shape) {
      return shape.get(1);
    }
  }

  /** Kernel of a convolution: {@code [height, width, input channels, output channels]}. */
  record Convolution() implements Axes {
    @Override
    public long fanIn(Shape shape) {
      return shape.get(0) * shape.get(1) * shape.get(2);
    }

    @Override
    public long fanOut(Shape shape) {
      return shape.get(0) * shape.get(1) * shape.get(3);
    }
  }

  /**
   * Kernel of a transposed convolution whose stride is its size: {@code [height, width, output
   * channels, input channels]}.
   */
  record TransposedConvolution() implements Axes {
    @Override
    public long fanIn(Shape shape) {
      return shape.get(3);
    }

    @Override
    public long fanOut(Shape shape) {
      return shape.get(0) * shape.get(1) * shape.get(2);
    }
  }

  /** Kernel of a depthwise convolution: {@code [height, width, input channels, multiplier]}. */
  record Depthwise() implements Axes {
    @Override
    public long fanIn(Shape shape) {
      return shape.get(0) * shape.get(1);
    }

    @Override
    public long fanOut(Shape shape) {
      return shape.get(0) * shape.get(1) * shape.get(3);
    }
  }
}
