package io.github.tfkfac.internal.graph;

import org.tensorflow.types.annotation.TensorType;
import org.tensorflow.types.family.TType;

/** Bytes of one element of a type, as TensorFlow-Java declares them. */
public final class ElementSize {

  private ElementSize() {}

  public static int of(Class<? extends TType> type) {
    return type.getAnnotation(TensorType.class).byteSize();
  }
}
