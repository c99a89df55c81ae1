package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Turns one use of a layer, its input and its output gradient, into sums of outer products.
 *
 * <p>With one row {@code x̄} of inputs (a 1 appended when there is a bias) and one row {@code g} of
 * gradients for every output position of every example: {@code inputSum = Σ x̄ᵀx̄} and {@code
 * gradientSum = Σ gᵀg}.
 *
 * <p><i>Scale</i>: plain sums, nothing is divided; the gradient is taken as it comes, normally that
 * of a loss averaged over the batch. <i>Numerics</i>: the operands' own type, symmetric to
 * rounding, no damping. <i>Source</i>: Martens and Grosse 2015; for convolutions the Kronecker
 * factors of Grosse and Martens 2016.
 */
public sealed interface LayerMoments
    permits ConvolutionMoments,
        DenseMoments,
        DepthwiseMoments,
        EmbeddingMoments,
        GroupedMoments,
        ScaleShiftMoments {

  /** Entries of the sums that are kept, and their shapes. */
  record Kept(FactorStructure input, FactorStructure gradient) {}

  /**
   * Adds the nodes that compute the sums where they are kept; what is not kept is not computed.
   * Creates no variables.
   *
   * @param input what the layer was applied to
   * @param gradient gradient of the loss for the layer's output before any activation
   * @param kept which entries of the sums, and their shapes
   * @throws IllegalArgumentException if a statically known shape or a structure does not fit the
   *     layer
   */
  <T extends TNumber> SecondMoments<T> of(Ops tf, Operand<T> input, Operand<T> gradient, Kept kept);

  /** Adds the nodes that reduce the positions of every example to one row. */
  <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient);

  /** The moments of a layer found in a graph. */
  static LayerMoments of(LayerSite<?> site) {
    Bias bias = site.bias().isPresent() ? Bias.PRESENT : Bias.ABSENT;
    if (site.kind() instanceof LayerKind.Convolution convolution) {
      return new ConvolutionMoments(convolution.geometry(), bias);
    }
    if (site.kind() instanceof LayerKind.DepthwiseConvolution depthwise) {
      return new DepthwiseMoments(depthwise.geometry(), bias);
    }
    if (site.kind() instanceof LayerKind.GroupedConvolution grouped) {
      return new GroupedMoments(grouped.geometry(), grouped.groups(), bias);
    }
    if (site.kind() instanceof LayerKind.Embedding) {
      return new EmbeddingMoments(site.inputSize(), site.outputSize());
    }
    if (site.kind() instanceof LayerKind.ScaleShift scaleShift) {
      return new ScaleShiftMoments(site.blocks(), scaleShift.standardization(), bias);
    }
    return new DenseMoments(site.inputSize() - bias.entries(), site.outputSize(), bias);
  }
}
