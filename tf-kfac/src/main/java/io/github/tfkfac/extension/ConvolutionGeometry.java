package io.github.tfkfac.extension;

/**
 * The window geometry of a two-dimensional convolution.
 *
 * <p><i>Shapes</i>: the kernel is {@code [kernelHeight, kernelWidth, inputChannels,
 * outputChannels]}; for a depthwise convolution the last entry is the channel multiplier, for a
 * grouped one the output channels of one group.
 *
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param inputChannels channels of the layer's input
 * @param outputChannels channels of the layer's output (depthwise: per input channel)
 * @param strideHeight row distance of two neighboring windows
 * @param strideWidth column distance of two neighboring windows
 * @param dilationHeight row distance of two neighboring entries of a window
 * @param dilationWidth column distance of two neighboring entries of a window
 * @param padding border rule of the operation
 */
public record ConvolutionGeometry(
    int kernelHeight,
    int kernelWidth,
    int inputChannels,
    int outputChannels,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    Padding padding) {

  /** Border rule, as TensorFlow defines it: SAME pads with zeros, VALID does not pad. */
  public enum Padding {
    SAME,
    VALID
  }

  public ConvolutionGeometry {
    requirePositive("kernelHeight", kernelHeight);
    requirePositive("kernelWidth", kernelWidth);
    requirePositive("inputChannels", inputChannels);
    requirePositive("outputChannels", outputChannels);
    requirePositive("strideHeight", strideHeight);
    requirePositive("strideWidth", strideWidth);
    requirePositive("dilationHeight", dilationHeight);
    requirePositive("dilationWidth", dilationWidth);
  }

  /** A convolution without dilation. */
  public ConvolutionGeometry(
      int kernelHeight,
      int kernelWidth,
      int inputChannels,
      int outputChannels,
      int strideHeight,
      int strideWidth,
      Padding padding) {
    this(
        kernelHeight,
        kernelWidth,
        inputChannels,
        outputChannels,
        strideHeight,
        strideWidth,
        1,
        1,
        padding);
  }

  /** The same windows for other numbers of channels. */
  public ConvolutionGeometry withChannels(int inputs, int outputs) {
    return new ConvolutionGeometry(
        kernelHeight,
        kernelWidth,
        inputs,
        outputs,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        padding);
  }

  /** The geometry along an image's height, as that of images of width 1 with one channel. */
  public ConvolutionGeometry column() {
    return new ConvolutionGeometry(
        kernelHeight, 1, 1, 1, strideHeight, 1, dilationHeight, 1, padding);
  }

  /** The same along the width. */
  public ConvolutionGeometry row() {
    return new ConvolutionGeometry(kernelWidth, 1, 1, 1, strideWidth, 1, dilationWidth, 1, padding);
  }

  /** Whether the entries of a window lie apart. */
  public boolean isDilated() {
    return (dilationHeight > 1 && kernelHeight > 1) || (dilationWidth > 1 && kernelWidth > 1);
  }

  /** Rows from the first of a window to behind its last. */
  public int extentHeight() {
    return (kernelHeight - 1) * dilationHeight + 1;
  }

  /** Columns from the first of a window to behind its last. */
  public int extentWidth() {
    return (kernelWidth - 1) * dilationWidth + 1;
  }

  /** Entries of one input patch: {@code kernelHeight * kernelWidth * inputChannels}. */
  public int patchSize() {
    return kernelHeight * kernelWidth * inputChannels;
  }

  /** Rows and columns of the kernel, as in {@code 3x3}. */
  public String kernelSize() {
    return kernelHeight + "x" + kernelWidth;
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          "expected " + what + " > 0 in a convolution's geometry, found " + value);
    }
  }
}
