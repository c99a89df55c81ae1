package io.github.tfkfac.graph;

import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;

/** Bytes of one element of a floating point type. */
final class ElementSize {

  private ElementSize() {}

  static int of(Class<? extends TType> type) {
    return type == TFloat64.class ? Double.BYTES : Float.BYTES;
  }
}
