package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.Matrices;
import java.util.Random;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Tells whether B is close to the inverse of M from a few fixed probes: {@code max_k ‖(I − B·M)v_k‖
 * ≤ tolerance}, at O(k·d²).
 *
 * <p>The probes are unit vectors with entries {@code ±1/√d}, the same in every graph and process.
 * Over random signs the mean of {@code ‖R·v‖²} is {@code ‖R‖²_F/d}: a residual of the root mean
 * square size of R's singular values is seen by any probe, one that is confined to few directions
 * is seen in proportion.
 *
 * <p><i>Shapes</i>: {@code [d, d] → []}, {@code [c, d, d] → [c]}. <i>Numerics</i>: NaN is never
 * certified.
 *
 * @param probes k, at least 1
 * @param tolerance largest residual that is certified, positive
 */
public record Certification(int probes, double tolerance) {

  /** Number of probes that is usual. */
  public static final int USUAL_PROBES = 4;

  private static final long SEED = 0x6b666163;

  /**
   * @throws IllegalArgumentException if {@code probes < 1} or the tolerance is not positive
   */
  public Certification {
    if (probes < 1) {
      throw new IllegalArgumentException(
          "expected probes >= 1 of a certification, found "
              + probes
              + "; "
              + USUAL_PROBES
              + " is usual");
    }
    if (!(tolerance > 0)) {
      throw new IllegalArgumentException(
          "expected a certification's tolerance > 0, found " + tolerance);
    }
  }

  /** {@code max_k ‖(I − B·M)v_k‖}; NaN if any of them is not finite. */
  public <T extends TNumber> Operand<T> residual(Ops tf, Operand<T> matrix, Operand<T> inverse) {
    Operand<T> v = probes(tf, Matrices.order(matrix), matrix.type());
    Operand<T> image = Matrices.multiply(tf, inverse, Matrices.multiply(tf, matrix, v));
    Operand<T> perProbe =
        tf.math.sqrt(tf.reduceSum(tf.math.squaredDifference(v, image), tf.constant(-2)));
    // A reduction to the maximum may pass over a NaN.
    return tf.select(
        tf.reduceAll(tf.math.isFinite(perProbe), tf.constant(-1)),
        tf.reduceMax(perProbe, tf.constant(-1)),
        tf.constantOfSameType(matrix, Double.NaN));
  }

  /** Whether a residual is within the tolerance. */
  public <T extends TNumber> Operand<TBool> certified(Ops tf, Operand<T> residual) {
    return tf.math.lessEqual(residual, tf.constantOfSameType(residual, tolerance));
  }

  /** {@code [d, k]}. */
  private <T extends TNumber> Operand<T> probes(Ops tf, int order, Class<T> type) {
    Random signs = new Random(SEED);
    boolean[][] positive = new boolean[order][probes];
    for (boolean[] row : positive) {
      for (int k = 0; k < probes; k++) {
        row[k] = signs.nextBoolean();
      }
    }
    double entry = 1 / Math.sqrt(order);
    Operand<T> plus = tf.dtypes.cast(tf.constant(entry), type);
    return tf.select(tf.constant(positive), plus, tf.math.neg(plus));
  }
}
