package io.github.tfkfac.tools.memory;

import org.tensorflow.proto.DataType;

/** Bytes of a tensor's values. */
final class ElementSize {
  private static final int FIRST_REFERENCE = 100;

  private ElementSize() {}

  /** Bytes of a value of the type or of a reference to it; 0 for text and handles. */
  static int of(DataType type) {
    int number = type.getNumber();
    DataType value = number > FIRST_REFERENCE ? DataType.forNumber(number - FIRST_REFERENCE) : type;
    return switch (value) {
      case DT_DOUBLE, DT_INT64, DT_UINT64, DT_COMPLEX64 -> Long.BYTES;
      case DT_COMPLEX128 -> 2 * Long.BYTES;
      case DT_FLOAT, DT_INT32, DT_UINT32, DT_QINT32 -> Integer.BYTES;
      case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> Short.BYTES;
      case DT_BOOL, DT_INT8, DT_UINT8, DT_QINT8, DT_QUINT8 -> Byte.BYTES;
      default -> 0;
    };
  }
}
