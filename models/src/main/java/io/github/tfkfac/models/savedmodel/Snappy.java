package io.github.tfkfac.models.savedmodel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Undoes the Snappy compression that older versions of TensorFlow apply to the index of a
 * checkpoint.
 *
 * <p>Source: google/snappy, format_description.txt.
 */
final class Snappy {

  /** A copy makes at most 64 bytes of three. */
  private static final int STRONGEST_COMPRESSION = 22;

  private Snappy() {}

  /**
   * The original bytes.
   *
   * @throws RuntimeException if the compressed ones are damaged
   */
  static byte[] decompress(ByteBuffer compressed) {
    ByteBuffer input = compressed.slice().order(ByteOrder.LITTLE_ENDIAN);
    long announced = CheckpointIndex.varint(input);
    if (announced < 0 || announced > (long) STRONGEST_COMPRESSION * input.remaining()) {
      throw new IllegalStateException(
          announced + " bytes announced in " + input.remaining() + " compressed ones");
    }
    byte[] output = new byte[Math.toIntExact(announced)];
    int written = 0;
    while (input.hasRemaining()) {
      int tag = Byte.toUnsignedInt(input.get());
      int high = tag >> 2;
      if ((tag & 3) == 0) {
        int length = literalLength(input, high);
        input.get(output, written, length);
        written += length;
      } else {
        int length = (tag & 3) == 1 ? 4 + (high & 7) : 1 + high;
        int distance = distance(input, tag);
        if (distance < 1 || distance > written || length > output.length - written) {
          throw new IllegalStateException("a copy from outside of the decompressed bytes");
        }
        for (int i = 0; i < length; i++, written++) {
          output[written] = output[written - distance];
        }
      }
    }
    if (written != output.length) {
      throw new IllegalStateException(
          "expected " + output.length + " decompressed bytes, found " + written);
    }
    return output;
  }

  private static int literalLength(ByteBuffer input, int high) {
    int length = high;
    if (high >= 60) {
      length = 0;
      for (int i = 0; i < high - 59; i++) {
        length |= Byte.toUnsignedInt(input.get()) << (8 * i);
      }
    }
    return length + 1;
  }

  private static int distance(ByteBuffer input, int tag) {
    return switch (tag & 3) {
      case 1 -> (tag >> 5) << 8 | Byte.toUnsignedInt(input.get());
      case 2 -> Short.toUnsignedInt(input.getShort());
      default -> input.getInt();
    };
  }
}
