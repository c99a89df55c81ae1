package io.github.tfkfac.internal.linalg;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Qr;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * One step of orthogonal iteration towards a symmetric matrix' eigenvectors: the columns of Q in
 * the order of falling {@code diag(QᵀMQ)}, then the orthogonal factor of {@code MQ}.
 *
 * @param basis the new Q, {@code [d, d]}
 * @param order places of its columns in the old one, {@code [d]}
 */
public record PowerStep<T extends TNumber>(Operand<T> basis, Operand<TInt32> order) {

  /** The step from a basis. */
  public static <T extends TNumber> PowerStep<T> of(Ops tf, Operand<T> matrix, Operand<T> basis) {
    Operand<T> product = Matrices.multiply(tf, matrix, basis);
    Operand<T> estimates = tf.reduceSum(tf.math.mul(basis, product), tf.constant(0));
    TopK<T, TInt32> falling =
        tf.nn.topK(estimates, tf.constant(Matrices.order(matrix)), TInt32.class);
    Qr<T> qr = tf.linalg.qr(tf.gather(product, falling.indices(), tf.constant(1)));
    return new PowerStep<>(qr.q(), falling.indices());
  }
}
