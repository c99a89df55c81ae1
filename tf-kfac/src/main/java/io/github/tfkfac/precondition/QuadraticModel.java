package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.linalg.Matrices;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The change that the curvature predicts for the loss: {@code M(δ) − M(0) = ∇ᵀδ + ½·Σ tr(δᵀAδG) +
 * ½λ‖δ‖²}, summed over the captured layers.
 *
 * <p><i>Shapes</i>: scalar. <i>Scale</i>: that of the loss, if A ⊗ G has the Fisher's scale.
 * Source: Martens and Grosse 2015, section 6.5.
 */
public final class QuadraticModel {

  private QuadraticModel() {}

  /**
   * A layer's part.
   *
   * @param change δ, what a step adds to the layer's weight matrix
   * @param gradient of the loss for the weight matrix
   * @param inputFactor A, undamped, in the shape of its structure
   * @param outputFactor G, undamped
   * @param damping λ, a scalar, or one per group of the layer
   */
  public record Layer<T extends TNumber>(
      Operand<T> change,
      Operand<T> gradient,
      FactorStructure inputStructure,
      Operand<T> inputFactor,
      FactorStructure outputStructure,
      Operand<T> outputFactor,
      Operand<T> damping) {}

  /** The model's change. */
  public static <T extends TNumber> Operand<T> change(Ops tf, List<Layer<T>> layers) {
    return layers.stream()
        .map(
            layer -> {
              Operand<T> curved =
                  tf.math.add(
                      FactorProduct.right(
                          tf,
                          layer.outputStructure(),
                          layer.outputFactor(),
                          FactorProduct.left(
                              tf, layer.inputStructure(), layer.inputFactor(), layer.change())),
                      tf.math.mul(layer.change(), Matrices.overEntries(tf, layer.damping())));
              Operand<T> half = tf.constantOfSameType(curved, 0.5);
              Operand<T> slope = tf.math.add(layer.gradient(), tf.math.mul(curved, half));
              Operand<T> products = tf.math.mul(layer.change(), slope);
              return tf.reduceSum(
                  tf.reshape(products, tf.constant(new int[] {-1})), tf.constant(0));
            })
        .map(part -> (Operand<T>) part)
        .reduce(tf.math::add)
        .orElseThrow(
            () -> new IllegalArgumentException("expected at least one captured layer, found none"));
  }
}
