package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The arithmetic of batch normalization on images {@code [N, H, W, C]}, per channel: {@code gamma
 * (x - mean) / sqrt(variance + ε) + beta}.
 */
sealed interface Normalization<T extends TNumber>
    permits FusedNormalization, ComposedNormalization {

  /** Normalizes by the given mean and variance, each {@code [C]}. */
  Operand<T> byMoments(Operand<T> images, Operand<T> mean, Operand<T> variance);

  /** Normalizes by the mean and the variance of the images themselves. */
  Batch<T> byBatch(Operand<T> images);

  /**
   * Normalized images with the moments of the batch.
   *
   * @param output the normalized images
   * @param mean mean of the batch, {@code [C]}
   * @param sampleVariance variance of the batch divided by n − 1, {@code [C]}; the output was
   *     normalized by the variance divided by n
   */
  record Batch<T extends TNumber>(Operand<T> output, Operand<T> mean, Operand<T> sampleVariance) {}
}
