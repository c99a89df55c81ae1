package io.github.tfkfac.internal.graph;

import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;

/** Bytes of one element of a floating point type. */
public final class ElementSize {

  private ElementSize() {}

  public static int of(Class<? extends TType> type) {
    return type == TFloat64.class ? Double.BYTES : Float.BYTES;
  }
}
