package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.extension.FactorStructure;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The preconditioned gradient of one layer with exact joint damping, in the eigenbasis of its
 * factors: {@code V = Q_A[(Q_AᵀDQ_G) ⊘ (S + λ)]Q_Gᵀ}.
 *
 * <p>With {@code S = λ_Aλ_Gᵀ} ({@link #spectrum}) this is {@code (A ⊗ G + λI)⁻¹} applied to D
 * (K-FAC); with the Fisher's second moments in the basis as S it is EKFAC.
 *
 * <p><i>Shapes</i>: D is {@code [inputSize, outputSize]}, or a stack {@code [count, inputSize,
 * outputSize]}; S has the shape of {@link #toBasis D in the basis}.
 *
 * <p><i>Numerics</i>: λ must be positive where S is zero. Source: Martens and Grosse 2015, section
 * 4.2; George et al. 2018 (EKFAC).
 *
 * @param input the side of the input factor
 * @param output the side of the output-gradient factor
 */
public record EigenPreconditioner<T extends TNumber>(EigenSide<T> input, EigenSide<T> output) {

  /** {@code Q_AᵀDQ_G}. */
  public Operand<T> toBasis(Ops tf, Operand<T> gradient) {
    return output.toBasis(tf, Side.OUTPUT, input.toBasis(tf, Side.INPUT, gradient));
  }

  /**
   * {@code λ_Aλ_Gᵀ}, the eigenvalues of A ⊗ G, for which nothing but the eigenvalues of the factors
   * is built.
   *
   * @param gradient shape of the gradient matrix (or stack)
   */
  public static <T extends TNumber> Operand<T> spectrum(
      Ops tf,
      FactorStructure input,
      Operand<T> inputValues,
      FactorStructure output,
      Operand<T> outputValues,
      Shape gradient) {
    return tf.math.mul(
        Side.INPUT.spread(tf, EigenSide.flat(tf, input, inputValues, gradient, Side.INPUT)),
        Side.OUTPUT.spread(tf, EigenSide.flat(tf, output, outputValues, gradient, Side.OUTPUT)));
  }

  /**
   * Preconditions a layer's gradient matrix with the eigenvalues of its factors.
   *
   * @param damping λ, a scalar
   */
  public Operand<T> apply(Ops tf, Operand<T> gradient, Operand<T> damping) {
    Operand<T> spectrum =
        spectrum(
            tf,
            input.structure(),
            input.values().get(),
            output.structure(),
            output.values().get(),
            gradient.shape());
    return apply(tf, gradient, spectrum, damping);
  }

  /**
   * Preconditions a layer's gradient matrix with another spectrum.
   *
   * @param spectrum S, not negative
   * @param damping λ, a scalar
   */
  public Operand<T> apply(Ops tf, Operand<T> gradient, Operand<T> spectrum, Operand<T> damping) {
    Operand<T> scaled = tf.math.div(toBasis(tf, gradient), tf.math.add(spectrum, damping));
    return output.fromBasis(tf, Side.OUTPUT, input.fromBasis(tf, Side.INPUT, scaled));
  }
}
