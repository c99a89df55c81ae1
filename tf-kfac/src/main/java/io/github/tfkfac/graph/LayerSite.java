package io.github.tfkfac.graph;

import io.github.tfkfac.state.GraphVariable;
import java.util.List;
import java.util.Optional;
import org.tensorflow.types.family.TNumber;

/**
 * A layer found in the graph: a weight, perhaps a bias, and every place where they are applied.
 *
 * <p>As a matrix the weight is {@code W = [weight; bias]} with the bias as last row, {@code
 * [inputSize, outputSize]}; a layer of several blocks has one such matrix per block.
 *
 * @param <T> element type
 */
public sealed interface LayerSite<T extends TNumber> {

  /** The weight variable. */
  GraphVariable<T> weight();

  /** The bias variable, if the layer has one of its own. */
  Optional<GraphVariable<T>> bias();

  /** Uses of the weight; more than one when it is shared. */
  List<LayerUse> uses();

  /** Rows of a block's weight matrix, the bias row included. */
  int inputSize();

  /** Columns of a block's weight matrix. */
  int outputSize();

  /** The kind of layer in a word or two. */
  String kind();

  /** Number of equal blocks: 1, or the channels or groups of a layer that treats them apart. */
  default int blocks() {
    return inputStructure() instanceof FactorStructure.Stack stack ? stack.count() : 1;
  }

  /** The layer's name: that of its weight. */
  default String name() {
    return weight().name();
  }

  /** Full structure of the input factor of this kind of layer. */
  default FactorStructure inputStructure() {
    return new FactorStructure.Full(inputSize());
  }

  /** Full structure of the output-gradient factor of this kind of layer. */
  default FactorStructure outputStructure() {
    return inputStructure() instanceof FactorStructure.Stack stack
        ? new FactorStructure.Stack(stack.count(), outputSize())
        : new FactorStructure.Full(outputSize());
  }

  /** Bytes of the two factors in full (their inverses take as much again). */
  default long factorBytes() {
    return (inputStructure().entries() + outputStructure().entries())
        * ElementSize.of(weight().type());
  }

  private static int entries(Optional<?> bias) {
    return bias.isPresent() ? 1 : 0;
  }

  /**
   * A fully connected layer: {@code s = x W + b} over the features of {@code x}.
   *
   * <p>A transposed convolution is one as well: every input position is multiplied by the matrix
   * {@code [inputChannels, kernelHeight·kernelWidth·outputChannels]}, and what comes out is added
   * up where the windows overlap. So its rows of output gradients are the windows of the gradient;
   * its bias, which is added at output positions, is trained without preconditioning. A convolution
   * in three dimensions is a dense layer over its windows.
   *
   * @param view how the weight variable stores the matrix
   */
  record Dense<T extends TNumber>(
      GraphVariable<T> weight,
      Optional<GraphVariable<T>> bias,
      List<LayerUse> uses,
      WeightView view)
      implements LayerSite<T> {

    public Dense {
      uses = List.copyOf(uses);
    }

    @Override
    public int inputSize() {
      return view.inputs() + entries(bias);
    }

    @Override
    public int outputSize() {
      return view.outputs();
    }

    @Override
    public String kind() {
      return uses.stream()
          .flatMap(use -> use.outputView().stream())
          .filter(ViewStep.Windows.class::isInstance)
          .map(step -> "transposed conv " + ((ViewStep.Windows) step).geometry().kernelSize())
          .findFirst()
          .orElse("dense");
    }
  }

  /** A two-dimensional convolution. */
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
    public int inputSize() {
      return geometry.patchSize() + entries(bias);
    }

    @Override
    public int outputSize() {
      return geometry.outputChannels();
    }

    @Override
    public String kind() {
      return "conv " + geometry.kernelSize();
    }
  }

  /**
   * A grouped convolution: every group of channels has a kernel, and factors, of its own. On a CPU
   * TensorFlow has its gradients in float32 only (oneDNN).
   *
   * @param geometry of one group: the channels that it reads and those that it writes
   */
  record GroupedConvolution<T extends TNumber>(
      GraphVariable<T> weight,
      Optional<GraphVariable<T>> bias,
      List<LayerUse> uses,
      ConvolutionGeometry geometry,
      int groups)
      implements LayerSite<T> {

    public GroupedConvolution {
      uses = List.copyOf(uses);
    }

    @Override
    public int inputSize() {
      return geometry.patchSize() + entries(bias);
    }

    @Override
    public int outputSize() {
      return geometry.outputChannels();
    }

    @Override
    public FactorStructure inputStructure() {
      return new FactorStructure.Stack(groups, inputSize());
    }

    @Override
    public String kind() {
      return "grouped conv " + geometry.kernelSize();
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
    public int inputSize() {
      return geometry.kernelHeight() * geometry.kernelWidth() + entries(bias);
    }

    @Override
    public int outputSize() {
      return geometry.outputChannels();
    }

    @Override
    public FactorStructure inputStructure() {
      return new FactorStructure.Stack(geometry.inputChannels(), inputSize());
    }

    @Override
    public String kind() {
      return "depthwise conv " + geometry.kernelSize();
    }
  }

  /**
   * An embedding: row {@code i} of the weight {@code [rows, outputs]} for every index i.
   *
   * <p>Inputs are unit vectors, so the input factor is diagonal, with the frequencies of the rows;
   * {@link LayerUse#input} is the indices themselves, integers.
   */
  record Embedding<T extends TNumber>(GraphVariable<T> weight, List<LayerUse> uses)
      implements LayerSite<T> {

    public Embedding {
      uses = List.copyOf(uses);
    }

    @Override
    public Optional<GraphVariable<T>> bias() {
      return Optional.empty();
    }

    @Override
    public int inputSize() {
      return Math.toIntExact(weight.shape().get(0));
    }

    @Override
    public int outputSize() {
      return Math.toIntExact(weight.shape().get(1));
    }

    @Override
    public FactorStructure inputStructure() {
      return new FactorStructure.Diagonal(inputSize());
    }

    @Override
    public String kind() {
      return "embedding";
    }
  }

  /**
   * The trained part of a normalization, {@code y = gamma x̂ + beta} for every channel: the weight
   * is gamma, the bias beta.
   *
   * <p>A channel's gradient for one example is the pair {@code (Σ g x̂, Σ g)} over the positions;
   * its second moments, of order 2, are the input factor, and there is no output factor.
   *
   * @param standardization what makes the use's input x̂
   */
  record ScaleShift<T extends TNumber>(
      GraphVariable<T> weight,
      Optional<GraphVariable<T>> bias,
      List<LayerUse> uses,
      Standardization standardization)
      implements LayerSite<T> {

    public ScaleShift {
      uses = List.copyOf(uses);
    }

    @Override
    public int inputSize() {
      return 1 + entries(bias);
    }

    @Override
    public int outputSize() {
      return 1;
    }

    @Override
    public FactorStructure inputStructure() {
      return new FactorStructure.Stack(Math.toIntExact(weight.shape().get(0)), inputSize());
    }

    @Override
    public FactorStructure outputStructure() {
      return new FactorStructure.Identity(outputSize());
    }

    @Override
    public String kind() {
      return "scale and shift";
    }
  }
}
