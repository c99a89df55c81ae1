package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.TInt64;

/** Purpose of a forward pass: training or inference. */
public sealed interface Mode {

  /**
   * BatchNorm normalizes by the statistics of the batch and updates its moving averages; dropout
   * drops.
   *
   * @param step scalar number of the training step; keys the random numbers of dropout
   */
  record Training(Operand<TInt64> step) implements Mode {}

  /** BatchNorm normalizes by its moving averages; dropout passes everything. */
  record Inference() implements Mode {}
}
