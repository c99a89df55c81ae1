package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.types.TBool;

/**
 * Mask of the valid rows of a batch, that is, of the examples that count in the statistics of some
 * layers; the others are padding, such as the regions that fill up a detector's batch of regions to
 * a fixed number.
 *
 * <p>Padding enters neither the factors nor the counts that they are divided by. In a batch where
 * no example counts, the layers' factors stay as they are. The loss has to leave padding out
 * itself.
 *
 * @param layers which layers, by the name of their weight; the pattern must match one
 * @param mask {@code [N]} with the N ≥ 1 examples that are the first dimension of the layers'
 *     inputs and outputs
 */
public record ExampleMask(NamePattern layers, Operand<TBool> mask) {

  public ExampleMask {
    if (!mask.shape().isUnknown() && mask.shape().numDimensions() != 1) {
      throw new IllegalArgumentException(
          "expected a mask [N] over the examples of the layers '%s', found shape %s"
              .formatted(layers, mask.shape()));
    }
  }
}
