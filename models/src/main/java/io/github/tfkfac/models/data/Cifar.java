package io.github.tfkfac.models.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Loads CIFAR-10 and CIFAR-100 from their binary versions, with any number of records per file.
 *
 * <p>A record is one label byte (CIFAR-100: coarse, then fine; the fine one is used) and the red,
 * green and blue planes of a 32 x 32 image. Source: Krizhevsky, "Learning Multiple Layers of
 * Features from Tiny Images", 2009, and the data's own page.
 */
public final class Cifar {

  private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
  private static final int PLANE = 32 * 32;

  private enum Variant {
    CIFAR_10("CIFAR-10", 10, 1, "batches.meta.txt", "cifar-10-binary.tar.gz"),
    CIFAR_100("CIFAR-100", 100, 2, "fine_label_names.txt", "cifar-100-binary.tar.gz");

    final String title;
    final int classes;
    final int labelBytes;
    final String namesFile;
    final String remedy;

    Variant(String title, int classes, int labelBytes, String namesFile, String archive) {
      this.title = title;
      this.classes = classes;
      this.labelBytes = labelBytes;
      this.namesFile = namesFile;
      this.remedy = "give the folder unpacked from " + archive;
    }

    int recordBytes() {
      return labelBytes + 3 * PLANE;
    }
  }

  private Cifar() {}

  /**
   * The images of all {@code data_batch_*.bin} files of a folder, in the order of their numbers.
   *
   * @throws DataException if the folder or a file is missing or damaged
   */
  public static ImageDataset cifar10Train(Path folder) {
    return load(Variant.CIFAR_10, folder, "data_batch_*.bin", "train");
  }

  /**
   * The images of {@code test_batch.bin}.
   *
   * @throws DataException if the folder or the file is missing or damaged
   */
  public static ImageDataset cifar10Test(Path folder) {
    return load(Variant.CIFAR_10, folder, "test_batch.bin", "test");
  }

  /**
   * The images of {@code train.bin}, with fine labels.
   *
   * @throws DataException if the folder or the file is missing or damaged
   */
  public static ImageDataset cifar100Train(Path folder) {
    return load(Variant.CIFAR_100, folder, "train.bin", "train");
  }

  /**
   * The images of {@code test.bin}, with fine labels.
   *
   * @throws DataException if the folder or the file is missing or damaged
   */
  public static ImageDataset cifar100Test(Path folder) {
    return load(Variant.CIFAR_100, folder, "test.bin", "test");
  }

  private static ImageDataset load(Variant variant, Path folder, String pattern, String part) {
    List<Path> files = batchFiles(variant, folder, pattern);
    List<String> classNames = classNames(variant, folder);
    long records = 0;
    for (Path file : files) {
      records += recordCount(variant, file);
    }
    if (records * SHAPE.valueCount() > Integer.MAX_VALUE) {
      throw DataException.of(
          folder,
          "at most " + Integer.MAX_VALUE / SHAPE.valueCount() + " records in " + pattern,
          records + " records",
          "use fewer files");
    }
    byte[] pixels = new byte[(int) records * SHAPE.valueCount()];
    int[] labels = new int[(int) records];
    int next = 0;
    for (Path file : files) {
      next = readRecords(variant, file, pixels, labels, next);
    }
    return ImageDataset.owning(variant.title + " " + part, SHAPE, classNames, pixels, labels);
  }

  private static List<Path> batchFiles(Variant variant, Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      throw DataException.of(
          folder,
          "a folder with " + variant.title + " in binary form",
          Files.exists(folder) ? "a file" : "no such folder",
          variant.remedy);
    }
    List<Path> files = new ArrayList<>();
    boolean empty = true;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      var matcher = folder.getFileSystem().getPathMatcher("glob:" + pattern);
      for (Path entry : entries) {
        empty = false;
        if (matcher.matches(entry.getFileName()) && Files.isRegularFile(entry)) {
          files.add(entry);
        }
      }
    } catch (IOException e) {
      throw unreadable(folder, "a readable folder", e);
    }
    if (files.isEmpty()) {
      throw DataException.of(
          folder, pattern, empty ? "an empty folder" : "no such file", variant.remedy);
    }
    Comparator<Path> byNumber = Comparator.comparingInt(file -> file.toString().length());
    files.sort(byNumber.thenComparing(Comparator.naturalOrder()));
    return files;
  }

  private static long recordCount(Variant variant, Path file) {
    long bytes;
    try {
      bytes = Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, "a readable file", e);
    }
    if (bytes == 0 || bytes % variant.recordBytes() != 0) {
      throw DataException.of(
          file,
          "a positive multiple of "
              + variant.recordBytes()
              + " bytes (one record of "
              + variant.title
              + ")",
          bytes + " bytes",
          "the file is truncated or of another format: unpack it again");
    }
    return bytes / variant.recordBytes();
  }

  private static int readRecords(
      Variant variant, Path file, byte[] pixels, int[] labels, int first) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, "a readable file", e);
    }
    int count = bytes.length / variant.recordBytes();
    for (int record = 0; record < count; record++) {
      int start = record * variant.recordBytes();
      int label = Byte.toUnsignedInt(bytes[start + variant.labelBytes - 1]);
      if (label >= variant.classes) {
        throw DataException.of(
            file,
            "labels 0 to " + (variant.classes - 1),
            "label " + label + " in record " + record,
            "the file is damaged or of another format: unpack it again");
      }
      labels[first + record] = label;
      int planes = start + variant.labelBytes;
      int target = (first + record) * SHAPE.valueCount();
      for (int position = 0; position < PLANE; position++) {
        for (int channel = 0; channel < 3; channel++) {
          pixels[target++] = bytes[planes + channel * PLANE + position];
        }
      }
    }
    return first + count;
  }

  private static List<String> classNames(Variant variant, Path folder) {
    Path file = folder.resolve(variant.namesFile);
    if (!Files.exists(file)) {
      return IntStream.range(0, variant.classes).mapToObj(Integer::toString).toList();
    }
    List<String> names;
    try {
      names =
          Files.readAllLines(file).stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
    } catch (IOException e) {
      throw unreadable(file, "one class name per line", e);
    }
    if (names.size() != variant.classes) {
      throw DataException.of(
          file,
          variant.classes + " class names, one per line",
          names.size() + " names",
          "unpack the file again, or delete it to have the classes numbered");
    }
    return names;
  }

  private static DataException unreadable(Path where, String expected, IOException cause) {
    return DataException.of(where, expected, cause.toString(), "check the permissions", cause);
  }
}
