package io.github.tfkfac.models.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Loads MNIST and the data sets that share its IDX format, gzipped or not.
 *
 * <p>An IDX file is a magic number (2051 for images, 2049 for labels), the sizes as big-endian
 * 32-bit integers, and unsigned bytes. Source: LeCun, Cortes, Burges, the data's own page.
 */
public final class MnistIdx {

  private static final int IMAGES_MAGIC = 2051;
  private static final int LABELS_MAGIC = 2049;
  private static final int CLASSES = 10;
  private static final List<String> CLASS_NAMES =
      IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
  private static final String DAMAGED = "the file is truncated or damaged: download it again";

  private MnistIdx() {}

  /**
   * The images of {@code train-images-idx3-ubyte} and their labels.
   *
   * @throws DataException if the folder or a file is missing or damaged
   */
  public static ImageDataset train(Path folder) {
    return read(
        "MNIST train",
        find(folder, "train-images-idx3-ubyte"),
        find(folder, "train-labels-idx1-ubyte"));
  }

  /**
   * The images of {@code t10k-images-idx3-ubyte} and their labels.
   *
   * @throws DataException if the folder or a file is missing or damaged
   */
  public static ImageDataset test(Path folder) {
    return read(
        "MNIST test",
        find(folder, "t10k-images-idx3-ubyte"),
        find(folder, "t10k-labels-idx1-ubyte"));
  }

  /**
   * The images of one IDX file with the labels (0 to 9) of another.
   *
   * @throws DataException if a file is damaged or the two do not belong together
   */
  public static ImageDataset read(String name, Path imageFile, Path labelFile) {
    ByteBuffer images = content(imageFile, 3);
    int[] sizes = header(imageFile, images, IMAGES_MAGIC, "an IDX file of images", 3);
    ByteBuffer labelBytes = content(labelFile, 1);
    int count = header(labelFile, labelBytes, LABELS_MAGIC, "an IDX file of labels", 1)[0];
    if (sizes[0] != count) {
      throw DataException.of(
          labelFile,
          sizes[0] + " labels, one per image of " + imageFile.getFileName(),
          count + " labels",
          "use the two files of the same part");
    }
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = Byte.toUnsignedInt(labelBytes.get());
      if (labels[i] >= CLASSES) {
        throw DataException.of(
            labelFile,
            "labels 0 to " + (CLASSES - 1),
            "label " + labels[i] + " in record " + i,
            "use a data set of ten classes");
      }
    }
    byte[] pixels = new byte[images.remaining()];
    images.get(pixels);
    return ImageDataset.owning(
        name, new ImageShape(sizes[1], sizes[2], 1), CLASS_NAMES, pixels, labels);
  }

  private static Path find(Path folder, String name) {
    if (!Files.isDirectory(folder)) {
      throw DataException.of(
          folder,
          "a folder with MNIST's four IDX files",
          Files.exists(folder) ? "a file" : "no such folder",
          "give the folder the files were downloaded to");
    }
    for (String candidate : List.of(name, name + ".gz")) {
      Path file = folder.resolve(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw DataException.of(
        folder, name + " or " + name + ".gz", "neither", "download the file to this folder");
  }

  /** The file's bytes, unpacked; of a file that goes on behind its values, one byte of that. */
  private static ByteBuffer content(Path file, int dimensions) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw DataException.of(file, "a readable file", e.toString(), "check the permissions", e);
    }
    boolean gzipped = bytes.length >= 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    if (!gzipped) {
      return ByteBuffer.wrap(bytes);
    }
    try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] header = unzipped.readNBytes((1 + dimensions) * Integer.BYTES);
      long values = 1;
      for (int at = Integer.BYTES; at < header.length - 3 && values <= Integer.MAX_VALUE; ) {
        values *= Math.max(0, ByteBuffer.wrap(header).getInt(at));
        at += Integer.BYTES;
      }
      int wanted = (int) Math.min(values + 1, Integer.MAX_VALUE - header.length - 8L);
      byte[] rest = unzipped.readNBytes(wanted);
      return ByteBuffer.allocate(header.length + rest.length).put(header).put(rest).flip();
    } catch (IOException e) {
      throw DataException.of(
          file,
          "a complete gzip file",
          bytes.length + " bytes that do not unpack (" + e.getMessage() + ")",
          DAMAGED,
          e);
    }
  }

  /** Reads and checks everything before the values. */
  private static int[] header(Path file, ByteBuffer bytes, int magic, String kind, int dimensions) {
    int headerBytes = (1 + dimensions) * Integer.BYTES;
    if (bytes.remaining() < headerBytes) {
      throw DataException.of(
          file,
          kind + " with a header of " + headerBytes + " bytes",
          bytes.remaining() + " bytes",
          DAMAGED);
    }
    int found = bytes.getInt();
    if (found != magic) {
      throw DataException.of(
          file,
          kind + " (magic number " + magic + ")",
          "magic number " + found,
          "give the image file and the label file in this order, in IDX format");
    }
    int[] sizes = new int[dimensions];
    long values = 1;
    for (int d = 0; d < dimensions; d++) {
      sizes[d] = bytes.getInt();
      values = sizes[d] <= 0 || values > Integer.MAX_VALUE ? -1 : values * sizes[d];
      if (values < 0) {
        throw DataException.of(
            file,
            "positive sizes of less than 2^31 values in all",
            "size " + sizes[d] + " of dimension " + d,
            DAMAGED);
      }
    }
    if (values != bytes.remaining()) {
      throw DataException.of(
          file, values + " bytes after the header", bytes.remaining() + " bytes", DAMAGED);
    }
    return sizes;
  }
}
