package io.github.tfkfac.models.savedmodel;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/** Gives tensors that are known to be float32 their type. */
final class Floats {

  private Floats() {}

  @SuppressWarnings("unchecked") // the caller knows the type
  static Operand<TFloat32> of(Output<?> tensor) {
    return (Operand<TFloat32>) tensor;
  }
}
