package io.github.tfkfac.models.data;

import io.github.tfkfac.models.text.Counts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * An immutable set of labeled images of one size, as unsigned bytes: held in memory, or read from
 * one file per image whenever it is asked for.
 *
 * <p><i>Shapes</i>: pixels are NHWC; labels are class numbers from 0.
 */
public final class ImageDataset {

  private final String name;
  private final ImageShape shape;
  private final List<String> classNames;
  private final ImageStore store;
  private final int[] labels;

  private ImageDataset(
      String name, ImageShape shape, List<String> classNames, ImageStore store, int[] labels) {
    this.name = Objects.requireNonNull(name, "name");
    this.shape = Objects.requireNonNull(shape, "shape");
    this.classNames = List.copyOf(classNames);
    this.store = store;
    this.labels = labels;
    if (labels.length == 0) {
      throw new IllegalArgumentException("expected at least one image in " + name + ", found none");
    }
    if (classNames.isEmpty()) {
      throw new IllegalArgumentException("expected at least one class in " + name + ", found none");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classNames.size()) {
        throw new IllegalArgumentException(
            "expected labels 0 to "
                + (classNames.size() - 1)
                + " in "
                + name
                + ", found "
                + labels[i]
                + " at image "
                + i);
      }
    }
  }

  /**
   * A data set of copies of the given arrays.
   *
   * @param pixels unsigned bytes, NHWC
   * @throws IllegalArgumentException if the sizes disagree or a label names no class
   */
  public static ImageDataset of(
      String name, ImageShape shape, List<String> classNames, byte[] pixels, int[] labels) {
    return owning(name, shape, classNames, pixels.clone(), labels.clone());
  }

  /** As {@link #of}, taking over arrays that nobody else holds. */
  static ImageDataset owning(
      String name, ImageShape shape, List<String> classNames, byte[] pixels, int[] labels) {
    if ((long) labels.length * shape.valueCount() != pixels.length) {
      throw new IllegalArgumentException(
          "expected "
              + (long) labels.length * shape.valueCount()
              + " pixel bytes for the "
              + labels.length
              + " labels of "
              + name
              + " ("
              + shape
              + " each), found "
              + pixels.length);
    }
    return stored(name, shape, classNames, new ImagesInMemory(shape, pixels), labels);
  }

  /** Images that a store has, one per label. */
  static ImageDataset stored(
      String name, ImageShape shape, List<String> classNames, ImageStore store, int[] labels) {
    return new ImageDataset(name, shape, classNames, store, labels);
  }

  /** Name in messages and records. */
  public String name() {
    return name;
  }

  /** Shape of every image. */
  public ImageShape shape() {
    return shape;
  }

  /** Number of images. */
  public int size() {
    return labels.length;
  }

  /** Number of classes. */
  public int classCount() {
    return classNames.size();
  }

  /** Names of the classes; a label is an index into this list. */
  public List<String> classNames() {
    return classNames;
  }

  /** Class of an image, from 0. */
  public int label(int image) {
    return labels[image];
  }

  /** One value of an image, 0 to 255. */
  public int pixel(int image, int row, int column, int channel) {
    Objects.checkIndex(row, shape.height());
    Objects.checkIndex(column, shape.width());
    Objects.checkIndex(channel, shape.channels());
    int place = (row * shape.width() + column) * shape.channels() + channel;
    return Byte.toUnsignedInt(store.value(Objects.checkIndex(image, labels.length), place));
  }

  /**
   * Copy of the bytes of one image, HWC.
   *
   * @throws DataException if the image is in a file that is unreadable
   */
  public byte[] image(int image) {
    return store.image(Objects.checkIndex(image, labels.length));
  }

  /**
   * A part of one image as it was before it got the data set's size, resized to that size; HWC.
   *
   * @throws DataException if the image is in a file that is unreadable
   */
  public byte[] region(int image, Region.Choice choice) {
    return store.region(Objects.checkIndex(image, labels.length), choice);
  }

  /** Whether asking for an image means to read and decode a file. */
  boolean readsFiles() {
    return store instanceof ImagesInFiles;
  }

  /** The first {@code count} images. */
  public ImageDataset first(int count) {
    return range(0, count);
  }

  /** The images from {@code start} (included) to {@code end} (excluded). */
  public ImageDataset range(int start, int end) {
    if (start < 0 || end <= start || end > labels.length) {
      throw new IllegalArgumentException(
          "expected 0 <= start < end <= "
              + labels.length
              + " for a part of "
              + name
              + ", found "
              + start
              + " to "
              + end);
    }
    return stored(
        name, shape, classNames, store.range(start, end), Arrays.copyOfRange(labels, start, end));
  }

  /**
   * SHA-256 (hexadecimal) of shape, class count, labels and pixels, where images in files count by
   * the names and sizes of their files; the data set's name does not count.
   */
  public String contentHash() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected every Java runtime to have SHA-256", e);
    }
    digest.update((shape + " " + classNames.size() + " ").getBytes(StandardCharsets.US_ASCII));
    ByteBuffer labelBytes = ByteBuffer.allocate(labels.length * Integer.BYTES);
    labelBytes.asIntBuffer().put(labels);
    digest.update(labelBytes);
    store.addTo(digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return name
        + " ("
        + Counts.of(size(), "image")
        + " "
        + shape
        + ", "
        + Counts.of(classCount(), "class", "classes")
        + ")";
  }
}
