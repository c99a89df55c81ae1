package io.github.tfkfac.extension;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Unscaled second moments of a layer over one batch.
 *
 * <p><i>Shapes</i>: those of the {@link io.github.tfkfac.extension.FactorStructure} that is kept,
 * where the input counts the bias coordinate last. <i>Scale</i>: sums; divide {@code inputSum} by
 * {@code rows} for the mean over examples and positions, by {@code examples} for the mean over
 * examples of the sum over positions.
 *
 * @param inputSum {@code Σ x̄ᵀx̄}
 * @param gradientSum {@code Σ gᵀg}
 * @param rows scalar, number of summed rows: examples times output positions, or examples where the
 *     positions are reduced
 * @param examples scalar, size of the batch
 */
public record SecondMoments<T extends TNumber>(
    Operand<T> inputSum, Operand<T> gradientSum, Operand<T> rows, Operand<T> examples) {

  /**
   * Pools two uses of one weight in the same batch: sums and rows add up. The number of examples is
   * that of the larger use, because the uses share the batch.
   */
  public SecondMoments<T> plus(Ops tf, SecondMoments<T> other) {
    return new SecondMoments<>(
        tf.math.add(inputSum, other.inputSum),
        tf.math.add(gradientSum, other.gradientSum),
        tf.math.add(rows, other.rows),
        tf.math.maximum(examples, other.examples));
  }
}
