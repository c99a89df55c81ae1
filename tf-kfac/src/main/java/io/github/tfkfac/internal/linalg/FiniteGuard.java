package io.github.tfkfac.internal.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Keeps NaN and infinity out of state: tests candidates, and selects the old value where the test
 * fails.
 *
 * <p><i>Numerics</i>: a selection, never a product, so a rejected NaN cannot leak. Every finite
 * value passes, however large.
 */
public final class FiniteGuard {

  private FiniteGuard() {}

  /**
   * One boolean: true when every entry of every tensor is finite.
   *
   * @throws IllegalArgumentException if there is no tensor
   */
  public static Operand<TBool> allFinite(
      Ops tf, Iterable<? extends Operand<? extends TNumber>> tensors) {
    List<Operand<TBool>> perTensor = new ArrayList<>();
    for (Operand<? extends TNumber> tensor : tensors) {
      Operand<TBool> finite = tf.reshape(tf.math.isFinite(tensor), tf.array(-1));
      perTensor.add(tf.reduceAll(finite, tf.constant(0)));
    }
    if (perTensor.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one tensor to test for finite values, found none; pass the"
              + " candidates");
    }
    return perTensor.size() == 1
        ? perTensor.get(0)
        : tf.reduceAll(tf.stack(perTensor), tf.constant(0));
  }

  /** The candidate if it is accepted, else the old value. */
  public static <T extends TNumber> Operand<T> keepFinite(
      Ops tf, Operand<TBool> accepted, Operand<T> candidate, Operand<T> old) {
    return tf.select(accepted, candidate, old);
  }

  /**
   * Applies a function that must not see a non-finite matrix: such a matrix gives NaN throughout,
   * and the function gets the identity in its place.
   *
   * @throws IllegalArgumentException if the matrix is not square or its size is not static
   */
  static <T extends TNumber> Operand<T> onFiniteMatrices(
      Ops tf, Operand<T> matrix, UnaryOperator<Operand<T>> function) {
    Matrices.order(matrix);
    FiniteMatrices<T> guarded = FiniteMatrices.of(tf, matrix);
    return guarded.matrixOrNaN(tf, function.apply(guarded.matrixOrIdentity()));
  }
}
