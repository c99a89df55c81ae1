package io.github.tfkfac.models.layer;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/** Argument checks that layers share. */
final class Checks {

  private Checks() {}

  static void positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          "expected a positive number as " + what + ", found " + value);
    }
  }

  static void atLeastZero(String what, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException("expected " + what + " >= 0, found " + value);
    }
  }

  static void fraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("expected 0 <= " + what + " < 1, found " + value);
    }
  }

  /**
   * The shape of {@code input}, whose rank must be one of {@code ranks} and everything but the
   * batch known.
   */
  static Shape shape(LayerContext<?> context, Operand<?> input, int... ranks) {
    Shape shape = input.shape();
    if (shape.isUnknown()
        || Arrays.stream(ranks).noneMatch(rank -> rank == shape.numDimensions())
        || shape.get(-1) == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          String.format(
              "expected an input of rank %s with a known number of channels (last axis) in layer"
                  + " '%s', found shape %s",
              Arrays.toString(ranks), context.path(), shape));
    }
    return shape;
  }
}
