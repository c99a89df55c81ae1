package io.github.tfkfac.models.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Orientation of a stored picture, by its number in EXIF: how it is turned or mirrored to be
 * upright.
 *
 * <p>Read from a JPEG file's first EXIF segment, a PNG file's {@code eXIf} chunk, or a TIFF file's
 * first directory; an unknown number or a damaged entry means upright. Source: CIPA DC-008 (EXIF
 * 2.32), tag 0x0112.
 */
enum Orientation {
  UPRIGHT(1, false, false, false),
  MIRRORED(2, false, false, true),
  HALF_TURN(3, false, true, true),
  FLIPPED(4, false, true, false),
  TRANSPOSED(5, true, false, false),
  RIGHT_TURN(6, true, true, false),
  TRANSVERSED(7, true, true, true),
  LEFT_TURN(8, true, false, true);

  private static final int TAG = 0x0112;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int ENTRY_SIZE = 12;
  private static final int JPEG_START = 0xffd8;
  private static final int EXIF_SEGMENT = 0xe1;
  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final long PNG_START = 0x89504e470d0a1a0aL;
  private static final int PNG_EXIF = 0x65584966;

  private final int number;
  private final boolean swapped;
  private final boolean lastRowFirst;
  private final boolean lastColumnFirst;

  /**
   * An orientation.
   *
   * @param number in EXIF
   * @param swapped whether the upright picture's rows are the stored one's columns
   * @param lastRowFirst whether stored rows run from the last to the first
   * @param lastColumnFirst whether stored columns do
   */
  Orientation(int number, boolean swapped, boolean lastRowFirst, boolean lastColumnFirst) {
    this.number = number;
    this.swapped = swapped;
    this.lastRowFirst = lastRowFirst;
    this.lastColumnFirst = lastColumnFirst;
  }

  /** Number in EXIF, 1 to 8. */
  int number() {
    return number;
  }

  /** Of an image file. */
  static Orientation of(byte[] file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(file);
      if (file.length > Short.BYTES && Short.toUnsignedInt(bytes.getShort(0)) == JPEG_START) {
        return ofJpeg(bytes);
      }
      if (file.length > Long.BYTES && bytes.getLong(0) == PNG_START) {
        return ofPng(bytes);
      }
      return ofTiff(bytes);
    } catch (IndexOutOfBoundsException | ArithmeticException damaged) {
      return UPRIGHT;
    }
  }

  private static Orientation ofJpeg(ByteBuffer file) {
    int at = Short.BYTES;
    while (Byte.toUnsignedInt(file.get(at)) == 0xff) {
      int marker = Byte.toUnsignedInt(file.get(at + 1));
      if (marker == 0xff) {
        at++;
        continue;
      }
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        break;
      }
      int length = Short.toUnsignedInt(file.getShort(at + 2));
      int content = at + 4;
      if (marker == EXIF_SEGMENT && length > EXIF.length + 2 && startsWithExif(file, content)) {
        int start = content + EXIF.length;
        return ofTiff(file.slice(start, at + 2 + length - start));
      }
      at += 2 + length;
    }
    return UPRIGHT;
  }

  private static boolean startsWithExif(ByteBuffer file, int at) {
    for (int k = 0; k < EXIF.length; k++) {
      if (file.get(at + k) != EXIF[k]) {
        return false;
      }
    }
    return true;
  }

  private static Orientation ofPng(ByteBuffer file) {
    int at = Long.BYTES;
    while (at + 2 * Integer.BYTES <= file.limit()) {
      int length = file.getInt(at);
      int content = at + 2 * Integer.BYTES;
      if (length < 0) {
        break;
      }
      if (file.getInt(at + Integer.BYTES) == PNG_EXIF) {
        return ofTiff(file.slice(content, length));
      }
      at = Math.addExact(content + Integer.BYTES, length);
    }
    return UPRIGHT;
  }

  private static Orientation ofTiff(ByteBuffer tiff) {
    int order = tiff.limit() < ENTRY_SIZE ? 0 : tiff.getShort(0);
    if (order != 0x4949 && order != 0x4d4d) {
      return UPRIGHT;
    }
    tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if (tiff.getShort(2) != 42) {
      return UPRIGHT;
    }
    int directory = tiff.getInt(4);
    int entries = Short.toUnsignedInt(tiff.getShort(directory));
    for (int k = 0; k < entries; k++) {
      int entry = directory + 2 + k * ENTRY_SIZE;
      if (Short.toUnsignedInt(tiff.getShort(entry)) == TAG) {
        return ofValue(value(tiff, entry));
      }
    }
    return UPRIGHT;
  }

  private static int value(ByteBuffer tiff, int entry) {
    int place = entry + 8;
    return switch (Short.toUnsignedInt(tiff.getShort(entry + 2))) {
      case BYTE -> tiff.get(place);
      case SHORT -> tiff.getShort(place);
      case LONG -> tiff.getInt(place);
      default -> 1;
    };
  }

  private static Orientation ofValue(int number) {
    return Arrays.stream(values()).filter(one -> one.number == number).findFirst().orElse(UPRIGHT);
  }

  /** The upright picture of a stored one. */
  RgbImage upright(RgbImage stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int rows = stored.shape().height();
    int columns = stored.shape().width();
    int channels = stored.shape().channels();
    int height = swapped ? columns : rows;
    int width = swapped ? rows : columns;
    byte[] from = stored.pixels();
    byte[] to = new byte[from.length];
    int target = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++, target += channels) {
        int row = swapped ? x : y;
        int column = swapped ? y : x;
        row = lastRowFirst ? rows - 1 - row : row;
        column = lastColumnFirst ? columns - 1 - column : column;
        System.arraycopy(from, (row * columns + column) * channels, to, target, channels);
      }
    }
    return RgbImage.of(height, width, to);
  }
}
