package io.github.tfkfac.damping;

import io.github.tfkfac.linalg.PowerIteration;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * How much is added to a Kronecker factor's diagonal before it is inverted.
 *
 * <p><i>Shapes</i>: factor {@code [d, d]} to a scalar, or {@code [c, d, d]} to {@code [c]}. The
 * factor itself is never changed.
 */
public sealed interface Damping {

  /** The damping of a factor (or of each of a stack of factors). */
  <T extends TNumber> Operand<T> of(Ops tf, Operand<T> factor, Class<T> type);

  /**
   * NKFAC's damping with its published constants: 0.01 of the largest eigenvalue, at least 1e-4.
   */
  static Damping relative() {
    return new Relative(0.01, 1e-4, new PowerIteration(10));
  }

  /** The same number for every factor. */
  static Damping absolute(double value) {
    return new Absolute(value);
  }

  /**
   * {@code max(floor, share * lambda_max)} with the largest eigenvalue by power iteration (Sun et
   * al. 2023, NKFAC).
   *
   * @param share part of the largest eigenvalue, positive
   * @param floor smallest damping, positive
   * @param eigenvalue how the largest eigenvalue is found
   */
  record Relative(double share, double floor, PowerIteration eigenvalue) implements Damping {

    public Relative {
      requirePositive("share", share);
      requirePositive("floor", floor);
    }

    @Override
    public <T extends TNumber> Operand<T> of(Ops tf, Operand<T> factor, Class<T> type) {
      return tf.math.maximum(
          tf.math.mul(eigenvalue.lambdaMax(tf, factor), tf.constant(type, share)),
          tf.constant(type, floor));
    }
  }

  /**
   * A constant.
   *
   * @param value the damping, positive
   */
  record Absolute(double value) implements Damping {

    public Absolute {
      requirePositive("value", value);
    }

    @Override
    public <T extends TNumber> Operand<T> of(Ops tf, Operand<T> factor, Class<T> type) {
      Operand<T> constant = tf.constant(type, value);
      return factor.shape().numDimensions() == 2
          ? constant
          : tf.fill(tf.constant(new long[] {factor.shape().get(0)}), constant);
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException("expected a damping's " + name + " > 0, found " + value);
    }
  }
}
