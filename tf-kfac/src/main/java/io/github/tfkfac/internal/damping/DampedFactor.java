package io.github.tfkfac.internal.damping;

import io.github.tfkfac.extension.FactorScale;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.internal.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * A factor plus its damping, {@code M + λI}, in the shape of its structure.
 *
 * <p>Of blocks the rows that fill up the last one become λI, so it can be inverted. The identity,
 * of which nothing is kept, stays the identity.
 */
public final class DampedFactor {

  private DampedFactor() {}

  /**
   * Adds the damping.
   *
   * @param factor in the structure's shape, or k of them as {@code [k, ...]}
   * @param damping in the shape that {@link FactorScale} gives, or a scalar
   */
  public static <T extends TNumber> Operand<T> of(
      Ops tf, FactorStructure structure, Operand<T> factor, Operand<T> damping) {
    if (structure instanceof FactorStructure.Identity) {
      return factor;
    }
    if (structure instanceof FactorStructure.Diagonal) {
      return tf.math.add(
          factor, Matrices.overDimensions(tf, damping, factor.shape().numDimensions()));
    }
    return Matrices.addToDiagonal(tf, factor, damping);
  }
}
