package io.github.tfkfac.tools.record;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * TensorFlow's record framing: length (uint64), its checksum (uint32), the bytes, their checksum
 * (uint32), all little-endian; a checksum is {@code ((crc >>> 15) | (crc << 17)) + 0xa282ead8} of
 * the CRC-32C. Source: tensorflow/core/lib/io/record_writer.h.
 */
final class TfRecordWriter implements Closeable {
  private static final int MASK_DELTA = 0xa282ead8;

  private final OutputStream stream;

  TfRecordWriter(OutputStream stream) {
    this.stream = stream;
  }

  /** Writes one record through to the operating system. */
  void write(byte[] data) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedChecksum(record.array(), Long.BYTES));
    record.put(data);
    record.putInt(maskedChecksum(data, data.length));
    stream.write(record.array());
    stream.flush();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private static int maskedChecksum(byte[] data, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(data, 0, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }
}
