package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The arithmetic of batch normalisation on images {@code [N, H, W, C]}, per channel: {@code gamma
 * (x - mean) / sqrt(variance + ε) + beta}.
 */
sealed interface Normalisation<T extends TNumber>
    permits FusedNormalisation, ComposedNormalisation {

  /** Normalises by the given mean and variance, each {@code [C]}. */
  Operand<T> byMoments(Operand<T> images, Operand<T> mean, Operand<T> variance);

  /** Normalises by the mean and the variance of the images themselves. */
  Batch<T> byBatch(Operand<T> images);

  /**
   * Normalised images with the moments of the batch.
   *
   * @param output the normalised images
   * @param mean mean of the batch, {@code [C]}
   * @param sampleVariance variance of the batch divided by n − 1, {@code [C]}; the output was
   *     normalised by the variance divided by n
   */
  record Batch<T extends TNumber>(Operand<T> output, Operand<T> mean, Operand<T> sampleVariance) {}
}
