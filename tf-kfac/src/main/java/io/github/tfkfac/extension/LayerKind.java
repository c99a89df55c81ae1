package io.github.tfkfac.extension;

/** Kind of a layer: properties that all uses of its weight have in common. */
public sealed interface LayerKind {

  /** Rows of a block's weight matrix, without the bias row. */
  int inputs();

  /** Columns of a block's weight matrix. */
  int outputs();

  /** The kind in a word or two. */
  String label();

  /** The kind and its sizes in a few words. */
  String description();

  /**
   * Full structure of the input factor.
   *
   * @param inputSize rows of a block's weight matrix, the bias row included
   */
  default FactorStructure inputStructure(int inputSize) {
    return new FactorStructure.Full(inputSize);
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
  record Dense(WeightView view) implements LayerKind {

    @Override
    public int inputs() {
      return view.inputs();
    }

    @Override
    public int outputs() {
      return view.outputs();
    }

    @Override
    public String label() {
      return "dense";
    }

    @Override
    public String description() {
      return "a dense layer from %d to %d features%s"
          .formatted(view.inputs(), view.outputs(), view.isOrdered() ? "" : ", transposed");
    }
  }

  /** Kinds whose inputs are the windows of an image. */
  sealed interface OfWindows extends LayerKind {

    /** Kernel, strides and padding of one group. */
    ConvolutionGeometry geometry();

    @Override
    default int inputs() {
      return geometry().patchSize();
    }

    @Override
    default int outputs() {
      return geometry().outputChannels();
    }
  }

  /** A two-dimensional convolution. */
  record Convolution(ConvolutionGeometry geometry) implements OfWindows {

    @Override
    public String label() {
      return "conv " + geometry.kernelSize();
    }

    @Override
    public String description() {
      return "a convolution %s with strides %d and %d, dilations %d and %d and padding %s"
          .formatted(
              geometry.kernelSize(),
              geometry.strideHeight(),
              geometry.strideWidth(),
              geometry.dilationHeight(),
              geometry.dilationWidth(),
              geometry.padding());
    }
  }

  /**
   * A grouped convolution: every group of channels has a kernel, and factors, of its own.
   *
   * @param geometry of one group: the channels that it reads and those that it writes
   */
  record GroupedConvolution(ConvolutionGeometry geometry, int groups) implements OfWindows {

    @Override
    public FactorStructure inputStructure(int inputSize) {
      return new FactorStructure.Stack(groups, inputSize);
    }

    @Override
    public String label() {
      return "grouped " + new Convolution(geometry).label();
    }

    @Override
    public String description() {
      return new Convolution(geometry).description() + " in " + groups + " groups";
    }
  }

  /**
   * A depthwise convolution: every input channel has a kernel, and factors, of its own.
   *
   * @param geometry kernel, strides and padding; its output channels are the channel multiplier
   */
  record DepthwiseConvolution(ConvolutionGeometry geometry) implements OfWindows {

    @Override
    public int inputs() {
      return geometry.kernelHeight() * geometry.kernelWidth();
    }

    @Override
    public FactorStructure inputStructure(int inputSize) {
      return new FactorStructure.Stack(geometry.inputChannels(), inputSize);
    }

    @Override
    public String label() {
      return "depthwise " + new Convolution(geometry).label();
    }

    @Override
    public String description() {
      return new Convolution(geometry).description() + " of every channel";
    }
  }

  /**
   * An embedding: row {@code i} of the weight {@code [inputs, outputs]} for every index i. It has
   * no bias.
   *
   * <p>Inputs are unit vectors, so the input factor is diagonal, with the frequencies of the rows;
   * {@link LayerUse#input} is the indices themselves, integers.
   */
  record Embedding(int inputs, int outputs) implements LayerKind {

    @Override
    public FactorStructure inputStructure(int inputSize) {
      return new FactorStructure.Diagonal(inputSize);
    }

    @Override
    public String label() {
      return "embedding";
    }

    @Override
    public String description() {
      return "an embedding";
    }
  }

  /**
   * The trained part of a normalization, {@code y = gamma x̂ + beta} for every channel: the weight
   * is gamma, the bias beta.
   *
   * <p>A channel's gradient for one example is the pair {@code (Σ g x̂, Σ g)} over the positions;
   * its second moments, of order 2, are the input factor, and there is no output factor.
   *
   * @param channels length of gamma
   * @param standardization what makes the use's input x̂
   */
  record ScaleShift(int channels, Standardization standardization) implements LayerKind {

    @Override
    public int inputs() {
      return 1;
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public FactorStructure inputStructure(int inputSize) {
      return new FactorStructure.Stack(channels, inputSize);
    }

    @Override
    public String label() {
      return "scale and shift";
    }

    @Override
    public String description() {
      return "a scale";
    }
  }
}
