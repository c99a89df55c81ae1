package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;

/**
 * Contents of a TensorFlow checkpoint, read from its index file (a sorted table as LevelDB writes
 * it).
 *
 * @param entries every tensor by name
 */
record CheckpointIndex(SortedMap<String, Entry> entries) {

  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER = 48;
  private static final int UNCOMPRESSED = 0;
  private static final int SNAPPY = 1;

  /** Bytes of names per byte of the table, in which what names have in common is left out. */
  private static final int MOST_NAMES = 64;

  /**
   * A saved tensor.
   *
   * @param type element type
   * @param shape shape of the whole tensor
   */
  record Entry(DataType type, Shape shape) {}

  CheckpointIndex {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * Reads {@code prefix.index} and checks that every data file is there.
   *
   * @throws SavedModelException if a file is missing or the index cannot be read
   */
  static CheckpointIndex read(Path prefix) {
    Path file = prefix.resolveSibling(prefix.getFileName() + ".index");
    if (!Files.isRegularFile(file)) {
      throw SavedModelException.of(
          file, "the index of the model's variables", "no such file", "copy the whole model");
    }
    Reader reader = new Reader();
    try {
      reader.read(Files.readAllBytes(file));
    } catch (IOException | RuntimeException e) {
      throw SavedModelException.of(
          file, "the index of a checkpoint", "damage (" + e + ")", "copy the model again", e);
    }
    requireShards(prefix, reader.shards);
    return new CheckpointIndex(reader.entries);
  }

  private static void requireShards(Path prefix, int shards) {
    for (int i = 0; i < shards; i++) {
      String name =
          String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix.getFileName(), i, shards);
      Path shard = prefix.resolveSibling(name);
      if (!Files.isRegularFile(shard)) {
        throw SavedModelException.of(
            shard,
            "part " + (i + 1) + " of " + shards + " of the model's variables",
            "no such file",
            "copy the whole model");
      }
    }
  }

  /** A number in groups of seven bits, the lowest first. */
  static long varint(ByteBuffer buffer) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = buffer.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }

  /** Goes through the table's blocks. */
  private static final class Reader {

    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private int shards;
    private long namesLeft;
    private long end;

    void read(byte[] bytes) throws IOException {
      ByteBuffer footer = little(bytes, bytes.length - FOOTER, FOOTER);
      if (footer.getLong(FOOTER - Long.BYTES) != MAGIC) {
        throw new IOException("its last bytes are not those of a table");
      }
      namesLeft = (long) MOST_NAMES * bytes.length;
      varint(footer);
      varint(footer);
      ByteBuffer index = block(bytes, varint(footer), varint(footer));
      forEach(index, (lastKey, handle) -> forEach(nextBlock(bytes, handle), this::accept));
    }

    /** Blocks follow each other, so that no file is read more than once. */
    private ByteBuffer nextBlock(byte[] bytes, ByteBuffer handle) {
      long offset = varint(handle);
      long size = varint(handle);
      if (offset < end || size < 0) {
        throw new IllegalStateException("its blocks are in no order");
      }
      end = offset + size;
      return block(bytes, offset, size);
    }

    private void accept(byte[] key, ByteBuffer value) {
      try {
        if (key.length == 0) {
          shards = BundleHeaderProto.parseFrom(value).getNumShards();
        } else if (key[0] != 0) { // keys of slices begin with a zero
          BundleEntryProto entry = BundleEntryProto.parseFrom(value);
          entries.put(
              new String(key, StandardCharsets.UTF_8),
              new Entry(entry.getDtype(), TensorSpec.shape(entry.getShape())));
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("an entry cannot be parsed", e);
      }
    }

    private static ByteBuffer block(byte[] bytes, long offset, long size) {
      int start = Math.toIntExact(offset);
      int length = Math.toIntExact(size);
      ByteBuffer content = little(bytes, start, length);
      return switch (bytes[start + length]) {
        case UNCOMPRESSED -> content;
        case SNAPPY -> {
          byte[] decompressed = Snappy.decompress(content);
          yield little(decompressed, 0, decompressed.length);
        }
        default -> throw new IllegalStateException("it is compressed in an unknown way");
      };
    }

    private void forEach(ByteBuffer block, BiConsumer<byte[], ByteBuffer> action) {
      int restarts = block.getInt(block.limit() - Integer.BYTES);
      int end = block.limit() - Integer.BYTES * (restarts + 1);
      byte[] key = new byte[0];
      while (block.position() < end) {
        int shared = (int) varint(block);
        int unshared = (int) varint(block);
        int length = (int) varint(block);
        namesLeft -= (long) shared + unshared;
        if (shared < 0 || shared > key.length || unshared < 0 || namesLeft < 0) {
          throw new IllegalStateException("it has a name that is not in it");
        }
        key = Arrays.copyOf(key, shared + unshared);
        block.get(key, shared, unshared);
        action.accept(key, block.slice(block.position(), length));
        block.position(block.position() + length);
      }
    }

    private static ByteBuffer little(byte[] bytes, int offset, int length) {
      return ByteBuffer.wrap(bytes, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
