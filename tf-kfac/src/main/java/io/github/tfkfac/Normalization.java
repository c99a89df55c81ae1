package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.LowRank;
import io.github.tfkfac.internal.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Normalization of a batch's factor before it enters the moving average.
 *
 * <p><i>Shapes</i>: {@code [d, d]}, a diagonal {@code [d]}, or a stack {@code [c, d, d]} whose
 * matrices are treated one by one.
 */
public sealed interface Normalization {

  /** The factor that enters the moving average. */
  <T extends TNumber> Operand<T> apply(Ops tf, Operand<T> factor, Class<T> type);

  /** U such that {@code U·Uᵀ} is what enters, one column per example. */
  <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u, Class<T> type);

  /** Division by the Frobenius norm. */
  static Normalization frobenius() {
    return new Frobenius();
  }

  /** No normalization. */
  static Normalization none() {
    return new None();
  }

  /**
   * {@code M / (|M| + 1e-12)} with the Frobenius norm (Sun et al. 2023, NKFAC): the average is free
   * of batch size, loss scale and layer gain as long as {@code |M|} is well above 1e-12.
   */
  record Frobenius() implements Normalization {
    @Override
    public <T extends TNumber> Operand<T> apply(Ops tf, Operand<T> factor, Class<T> type) {
      boolean diagonal = factor.shape().numDimensions() == 1;
      Operand<T> norm =
          diagonal
              ? tf.math.sqrt(tf.reduceSum(tf.math.square(factor), tf.constant(0)))
              : Matrices.overEntries(tf, Matrices.frobeniusNorm(tf, factor));
      return tf.math.div(factor, tf.math.add(norm, tf.constant(type, 1e-12)));
    }

    @Override
    public <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u, Class<T> type) {
      Operand<T> norm = Matrices.overEntries(tf, LowRank.frobeniusNorm(tf, u));
      return tf.math.div(u, tf.math.sqrt(tf.math.add(norm, tf.constant(type, 1e-12))));
    }
  }

  /** No change. */
  record None() implements Normalization {
    @Override
    public <T extends TNumber> Operand<T> apply(Ops tf, Operand<T> factor, Class<T> type) {
      return factor;
    }

    @Override
    public <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u, Class<T> type) {
      return u;
    }
  }
}
