package io.github.tfkfac.models.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.InflaterInputStream;

/**
 * Check of the sizes that the arrays of a MATLAB file of level 5 announce for their flags,
 * dimensions and name, for which its reader takes memory before it looks at the file. Source:
 * MathWorks, "MAT-File Format", level 5.
 */
final class MatHeaders {

  private static final int FILE_HEADER = 128;
  private static final int ORDER = 126;
  private static final int TAG = 8;
  private static final int COMPRESSED = 15;
  private static final int ARRAY = 14;

  /** Flags, dimensions, name. */
  private static final int PARTS = 3;

  /** A name has at most 63 letters; more than a thousand dimensions are damage. */
  private static final int LARGEST_PART = 4096;

  private final ByteOrder order;

  private MatHeaders(ByteOrder order) {
    this.order = order;
  }

  /**
   * Looks at every array of a file.
   *
   * @throws IOException if an array or a part of its header is announced larger than it can be
   */
  static void check(Path file) throws IOException {
    long left = Files.size(file) - FILE_HEADER;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      byte[] header = in.readNBytes(FILE_HEADER);
      if (header.length < FILE_HEADER) {
        throw new EOFException(header.length + " bytes");
      }
      MatHeaders headers =
          new MatHeaders(header[ORDER] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      while (left >= TAG) {
        ByteBuffer tag = headers.read(in, TAG);
        int type = tag.getInt();
        long size = bounded(tag.getInt(), left - TAG);
        left -= TAG + size;
        headers.checkElement(type, in, size);
      }
    }
  }

  private void checkElement(int type, DataInputStream in, long size) throws IOException {
    byte[] start = in.readNBytes((int) Math.min(size, 4L * LARGEST_PART));
    in.skipNBytes(size - start.length);
    InputStream content = new ByteArrayInputStream(start);
    if (type == COMPRESSED) {
      try (DataInputStream inflated = new DataInputStream(new InflaterInputStream(content))) {
        if (read(inflated, TAG).getInt() == ARRAY) {
          checkArray(inflated, LARGEST_PART);
        }
      }
    } else if (type == ARRAY) {
      checkArray(new DataInputStream(content), Math.min(size, LARGEST_PART));
    }
  }

  private void checkArray(DataInputStream in, long most) throws IOException {
    for (int part = 0; part < PARTS; part++) {
      ByteBuffer tag = read(in, TAG);
      // Of a part of at most four bytes the size stands in the upper half of the first number.
      if (tag.getInt() >>> Short.SIZE == 0) {
        int announced = (int) bounded(tag.getInt(), most);
        read(in, (announced + TAG - 1) / TAG * TAG);
      }
    }
  }

  private static long bounded(int announced, long most) throws IOException {
    if (announced < 0 || announced > most) {
      throw new IOException(
          Integer.toUnsignedString(announced) + " bytes announced where " + most + " can be");
    }
    return announced;
  }

  private ByteBuffer read(DataInputStream in, int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException("the header of an array ends early");
    }
    return ByteBuffer.wrap(read).order(order);
  }
}
