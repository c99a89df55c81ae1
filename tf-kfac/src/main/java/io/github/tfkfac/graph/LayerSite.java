package io.github.tfkfac.graph;

import io.github.tfkfac.state.GraphVariable;
import java.util.List;
import java.util.Optional;
import org.tensorflow.types.family.TNumber;

/**
 * A layer found in the graph: a weight, perhaps a bias, and every place where they are applied.
 *
 * <p>As a matrix the weight is {@code W = [weight; bias]} with the bias as last row, shape {@code
 * [inputSize, outputSize]}; a depthwise convolution has one such matrix per input channel.
 *
 * @param <T> element type
 */
public sealed interface LayerSite<T extends TNumber> {

  /** The weight variable. */
  GraphVariable<T> weight();

  /** The bias variable, if the layer has one of its own. */
  Optional<GraphVariable<T>> bias();

  /** Where the weight is applied; more than one when it is shared. */
  List<LayerUse> uses();

  /**
   * Number of equal blocks that the layer falls into: 1, or the channels of a depthwise
   * convolution.
   */
  int blocks();

  /** Rows of a block's weight matrix, the bias row included. */
  int inputSize();

  /** Columns of a block's weight matrix. */
  int outputSize();

  /** The kind of layer in a word or two. */
  String kind();

  /** The layer's name: that of its weight. */
  default String name() {
    return weight().name();
  }

  /** What the input factor of this kind of layer is in full. */
  default FactorStructure inputStructure() {
    return new FactorStructure.Full(inputSize());
  }

  /** What the output-gradient factor of this kind of layer is in full. */
  default FactorStructure outputStructure() {
    return new FactorStructure.Full(outputSize());
  }

  /** Bytes of the two factors in full (their inverses take as much again). */
  default long factorBytes() {
    return (inputStructure().entries() + outputStructure().entries())
        * ElementSize.of(weight().type());
  }

  /**
   * A fully connected layer: {@code s = x W + b} over the last dimension of {@code x}.
   *
   * @param layout how the weight variable stores the matrix
   */
  record Dense<T extends TNumber>(
      GraphVariable<T> weight,
      Optional<GraphVariable<T>> bias,
      List<LayerUse> uses,
      WeightLayout layout)
      implements LayerSite<T> {

    public Dense {
      uses = List.copyOf(uses);
    }

    /** How a dense layer's variable stores its matrix. */
    public enum WeightLayout {
      /** {@code [inputs, outputs]}. */
      INPUTS_BY_OUTPUTS,
      /** {@code [outputs, inputs]}. */
      OUTPUTS_BY_INPUTS
    }

    @Override
    public int blocks() {
      return 1;
    }

    @Override
    public int inputSize() {
      return dimension(layout == WeightLayout.INPUTS_BY_OUTPUTS ? 0 : 1)
          + bias.map(b -> 1).orElse(0);
    }

    @Override
    public int outputSize() {
      return dimension(layout == WeightLayout.INPUTS_BY_OUTPUTS ? 1 : 0);
    }

    @Override
    public String kind() {
      return "dense";
    }

    private int dimension(int index) {
      return Math.toIntExact(weight.shape().get(index));
    }
  }

  /**
   * A two-dimensional convolution, NHWC, without dilation.
   *
   * @param geometry kernel, strides and padding
   */
  record Convolution<T extends TNumber>(
      GraphVariable<T> weight,
      Optional<GraphVariable<T>> bias,
      List<LayerUse> uses,
      ConvolutionGeometry geometry)
      implements LayerSite<T> {

    public Convolution {
      uses = List.copyOf(uses);
    }

    @Override
    public int blocks() {
      return 1;
    }

    @Override
    public int inputSize() {
      return geometry.patchSize() + bias.map(b -> 1).orElse(0);
    }

    @Override
    public int outputSize() {
      return geometry.outputChannels();
    }

    @Override
    public String kind() {
      return "conv " + geometry.kernelHeight() + "x" + geometry.kernelWidth();
    }
  }

  /**
   * A depthwise convolution: every input channel has a kernel, and factors, of its own.
   *
   * @param geometry kernel, strides and padding; its output channels are the channel multiplier
   */
  record DepthwiseConvolution<T extends TNumber>(
      GraphVariable<T> weight,
      Optional<GraphVariable<T>> bias,
      List<LayerUse> uses,
      ConvolutionGeometry geometry)
      implements LayerSite<T> {

    public DepthwiseConvolution {
      uses = List.copyOf(uses);
    }

    @Override
    public int blocks() {
      return geometry.inputChannels();
    }

    @Override
    public int inputSize() {
      return geometry.kernelHeight() * geometry.kernelWidth() + bias.map(b -> 1).orElse(0);
    }

    @Override
    public int outputSize() {
      return geometry.outputChannels();
    }

    @Override
    public FactorStructure inputStructure() {
      return new FactorStructure.Stack(blocks(), inputSize());
    }

    @Override
    public FactorStructure outputStructure() {
      return new FactorStructure.Stack(blocks(), outputSize());
    }

    @Override
    public String kind() {
      return "depthwise conv " + geometry.kernelHeight() + "x" + geometry.kernelWidth();
    }
  }
}
