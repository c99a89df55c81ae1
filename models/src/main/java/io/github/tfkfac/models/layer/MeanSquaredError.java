package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The loss of a regression: {@code 1/(2N) Σ_n ‖y_n − t_n‖²}, the negative log-likelihood of a
 * Gaussian of unit variance about the output, up to a constant; so its Hessian in y_n is the
 * identity over N.
 *
 * <p><i>Shapes</i>: outputs y and targets t {@code [N, K]}, loss {@code []}. <i>Scale</i>: mean
 * over the batch, half the sum over the outputs.
 */
public record MeanSquaredError() {

  /** The mean loss of a batch. */
  public <T extends TNumber> Operand<T> loss(Ops tf, Operand<T> outputs, Operand<T> targets) {
    Operand<T> squares = tf.reduceSum(tf.math.squaredDifference(outputs, targets), tf.constant(1));
    return tf.math.mul(tf.math.mean(squares, tf.constant(0)), tf.constant(outputs.type(), 0.5));
  }
}
