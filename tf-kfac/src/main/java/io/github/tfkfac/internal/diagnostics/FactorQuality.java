package io.github.tfkfac.internal.diagnostics;

import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.extension.FactorScale;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.internal.damping.DampedFactor;
import io.github.tfkfac.internal.linalg.Residual;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Condition number of a damped factor {@code M = A + λI}, and residual of a stored inverse B.
 *
 * <p><i>Shapes</i>: scalars. Of a {@code Stack} the largest value of its matrices; blocks count as
 * one matrix, without the padding rows of the last.
 *
 * <p><i>Numerics</i>: λ_max and {@code ‖B‖₂} by power iteration, so never above the true values, up
 * to rounding.
 *
 * @param condition {@code (λ_max(A) + λ)·‖B‖₂}, the condition number of M if B is its inverse
 * @param residual {@code ‖I − B·M‖_F}
 */
public record FactorQuality<T extends TNumber>(Operand<T> condition, Operand<T> residual) {

  private static final FactorScale LARGEST = FactorScale.largestEigenvalue(new PowerIteration(20));

  /** λ_max of a factor, not damped. */
  public static <T extends TNumber> Operand<T> lambdaMax(
      Ops tf, FactorStructure structure, Operand<T> factor) {
    return largest(tf, LARGEST.of(tf, structure, factor));
  }

  /**
   * Compares a factor with a stored inverse.
   *
   * @param factor in the structure's shape, not damped
   * @param damping λ, in the shape that {@link FactorScale} gives
   * @param inverse B, in the structure's shape
   * @throws IllegalArgumentException for the identity, which is not inverted
   */
  public static <T extends TNumber> FactorQuality<T> of(
      Ops tf,
      FactorStructure structure,
      Operand<T> factor,
      Operand<T> damping,
      Operand<T> inverse) {
    if (structure instanceof FactorStructure.Identity) {
      throw new IllegalArgumentException(
          "expected a factor of which entries are kept, found " + structure + "; leave it out");
    }
    Operand<T> damped = DampedFactor.of(tf, structure, factor, damping);
    Operand<T> condition =
        tf.math.mul(
            tf.math.add(LARGEST.of(tf, structure, factor), damping),
            LARGEST.of(tf, structure, withoutFilling(tf, structure, inverse)));
    return new FactorQuality<>(largest(tf, condition), residual(tf, structure, damped, inverse));
  }

  private static <T extends TNumber> Operand<T> residual(
      Ops tf, FactorStructure structure, Operand<T> damped, Operand<T> inverse) {
    if (structure instanceof FactorStructure.Diagonal) {
      Operand<T> difference =
          tf.math.sub(tf.constantOfSameType(damped, 1), tf.math.mul(inverse, damped));
      return rootOfSquares(tf, difference);
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      return rootOfSquares(
          tf, Residual.norm(tf, filled(tf, blocks, damped), filled(tf, blocks, inverse)));
    }
    return largest(tf, Residual.norm(tf, damped, inverse));
  }

  static <T extends TNumber> Operand<T> largest(Ops tf, Operand<T> values) {
    return values.shape().numDimensions() == 0 ? values : tf.reduceMax(values, tf.constant(0));
  }

  private static <T extends TNumber> Operand<T> rootOfSquares(Ops tf, Operand<T> values) {
    return tf.math.sqrt(tf.reduceSum(tf.math.square(values), tf.constant(0)));
  }

  private static <T extends TNumber> Operand<T> withoutFilling(
      Ops tf, FactorStructure structure, Operand<T> matrices) {
    return structure instanceof FactorStructure.Blocks blocks
        ? tf.math.mul(matrices, tf.dtypes.cast(tf.constant(rows(blocks, 1)), matrices.type()))
        : matrices;
  }

  /** The same with the identity in the rows that fill up the last block. */
  private static <T extends TNumber> Operand<T> filled(
      Ops tf, FactorStructure.Blocks blocks, Operand<T> matrices) {
    double[][][] ones = new double[blocks.count()][blocks.blockSize()][blocks.blockSize()];
    double[][][] filling = rows(blocks, 0);
    for (int block = 0; block < ones.length; block++) {
      for (int i = 0; i < blocks.blockSize(); i++) {
        ones[block][i][i] = filling[block][i][0];
      }
    }
    return tf.math.add(
        withoutFilling(tf, blocks, matrices), tf.dtypes.cast(tf.constant(ones), matrices.type()));
  }

  /** {@code kept} in the rows of the factor and 1 − kept in the others, {@code [count, b, 1]}. */
  private static double[][][] rows(FactorStructure.Blocks blocks, double kept) {
    double[][][] rows = new double[blocks.count()][blocks.blockSize()][1];
    for (int block = 0; block < rows.length; block++) {
      for (int i = 0; i < blocks.blockSize(); i++) {
        rows[block][i][0] = block * blocks.blockSize() + i < blocks.size() ? kept : 1 - kept;
      }
    }
    return rows;
  }
}
