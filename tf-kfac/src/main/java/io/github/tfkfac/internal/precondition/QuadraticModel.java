package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.internal.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Quadratic model of the loss around the current weights: {@code M(δ) − M(0) = ∇ᵀδ + ½·δᵀ(F +
 * λI)δ}, summed over the captured layers.
 *
 * <p><i>Scale</i>: that of the loss, if F has the Fisher's scale. Source: Martens and Grosse 2015,
 * section 6.5.
 */
public final class QuadraticModel {

  private QuadraticModel() {}

  /**
   * A Kronecker factor.
   *
   * @param structure the entries that are kept
   * @param value the undamped factor in the structure's shape
   */
  public record Factor<T extends TNumber>(FactorStructure structure, Operand<T> value) {}

  /**
   * {@code (A ⊗ G + λI)·δ = AδG + λδ}, in the shape of δ.
   *
   * @param input A
   * @param output G
   * @param damping λ, a scalar, or one per group of the layer
   * @param change δ, a layer's matrix or a stack of them
   */
  public static <T extends TNumber> Operand<T> product(
      Ops tf, Factor<T> input, Factor<T> output, Operand<T> damping, Operand<T> change) {
    Operand<T> left = FactorProduct.of(tf, Side.INPUT, input.structure(), input.value(), change);
    return tf.math.add(
        FactorProduct.of(tf, Side.OUTPUT, output.structure(), output.value(), left),
        tf.math.mul(change, Matrices.overEntries(tf, damping)));
  }

  /**
   * A layer's part of the change, a scalar.
   *
   * @param change δ, what a step adds to the layer's weight matrix
   * @param gradient ∇, of the loss for the weight matrix
   * @param product {@code (F + λI)·δ}
   */
  public static <T extends TNumber> Operand<T> change(
      Ops tf, Operand<T> change, Operand<T> gradient, Operand<T> product) {
    Operand<T> half = tf.constantOfSameType(product, 0.5);
    Operand<T> slope = tf.math.add(gradient, tf.math.mul(product, half));
    return tf.reduceSum(tf.reshape(tf.math.mul(change, slope), tf.array(-1)), tf.constant(0));
  }
}
