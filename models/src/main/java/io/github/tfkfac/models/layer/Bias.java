package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/** Presence of a bias, a trainable constant added to each output channel of a layer. */
public enum Bias {
  /** Parameter {@code bias} of shape {@code [channels]}, initially zero. */
  ZERO_AT_START,
  /** No constant, as in front of BatchNorm, which would remove it again. */
  NONE;

  <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> output, long channels) {
    return switch (this) {
      case NONE -> output;
      case ZERO_AT_START ->
          context
              .tf()
              .nn
              .biasAdd(
                  output,
                  context.trainable(
                      "bias", Shape.of(channels), new Axes.PerChannel(), Initializer.zeros()));
    };
  }
}
