package io.github.tfkfac.models.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * Loads the cropped digits of SVHN from their MATLAB files, with any number of images per file.
 *
 * <p>A file holds X, the images, {@code [32, 32, 3, N]} of unsigned bytes, and y, the labels,
 * {@code [N, 1]}, where 10 stands for the digit 0. Source: Netzer et al., "Reading Digits in
 * Natural Images with Unsupervised Feature Learning", 2011, and the data's own page.
 */
public final class Svhn {

  private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
  private static final int PLANE = SHAPE.height() * SHAPE.width();
  private static final int CLASSES = 10;
  private static final int ZERO_LABEL = 10;
  private static final List<String> CLASS_NAMES =
      IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
  private static final Set<String> VARIABLES = Set.of("X", "y");
  private static final String REMEDY =
      "give SVHN's cropped digits (format 2), a MATLAB file of level 5";

  private Svhn() {}

  /**
   * The images of {@code train_32x32.mat}.
   *
   * @throws DataException if the folder or the file is missing or damaged
   */
  public static ImageDataset train(Path folder) {
    return read("SVHN train", find(folder, "train_32x32.mat"));
  }

  /**
   * The images of {@code test_32x32.mat}.
   *
   * @throws DataException if the folder or the file is missing or damaged
   */
  public static ImageDataset test(Path folder) {
    return read("SVHN test", find(folder, "test_32x32.mat"));
  }

  /**
   * The images of one file; labels are digits.
   *
   * @throws DataException if the file is missing or damaged
   */
  public static ImageDataset read(String name, Path file) {
    try (Mat5File content = content(file)) {
      Matrix images = variable(file, content, "X");
      if (images.getType() != MatlabType.UInt8) {
        throw DataException.of(file, "images X of unsigned bytes", images.toString(), REMEDY);
      }
      int[] sizes = images.getDimensions();
      // MATLAB drops a last dimension of one.
      int count = sizes.length == 3 ? 1 : sizes[sizes.length - 1];
      if (sizes.length > 4
          || count <= 0
          || !Arrays.equals(Arrays.copyOf(sizes, 3), new int[] {32, 32, 3})
          || (long) count * SHAPE.valueCount() > Integer.MAX_VALUE) {
        throw DataException.of(
            file,
            "images X [32, 32, 3, N] with N from 1 to " + Integer.MAX_VALUE / SHAPE.valueCount(),
            Arrays.toString(sizes),
            REMEDY);
      }
      int[] labels = labels(file, variable(file, content, "y"), count);
      return ImageDataset.owning(name, SHAPE, CLASS_NAMES, pixels(images, count), labels);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Path find(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw DataException.of(
          folder,
          "a folder with " + name,
          Files.isDirectory(folder) ? "no such file" : "no such folder",
          "download the file to this folder");
    }
    return file;
  }

  private static Mat5File content(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw DataException.of(file, "a file", "none", REMEDY);
    }
    try (Source source = Sources.openFile(file.toFile())) {
      MatHeaders.check(file);
      return Mat5.newReader(source)
          .setEntryFilter(header -> VARIABLES.contains(header.getName()))
          .setBufferAllocator(new BoundedAllocator(Files.size(file)))
          .readMat();
    } catch (DataException known) {
      throw known;
    } catch (IOException | RuntimeException e) {
      throw unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw DataException.of(
          file,
          "images that fit into memory",
          "too large a size",
          "give Java more memory (-Xmx), or download the file again if it is damaged",
          e);
    }
  }

  /** Rejects sizes that the file cannot hold even if it is compressed. */
  private record BoundedAllocator(long fileBytes) implements BufferAllocator {

    private static final long STRONGEST_DEFLATION = 1032;

    @Override
    public ByteBuffer allocate(int bytes) {
      if (bytes < 0 || bytes > STRONGEST_DEFLATION * fileBytes) {
        throw new IllegalArgumentException(
            bytes + " bytes announced in a file of " + fileBytes + " bytes");
      }
      return ByteBuffer.allocate(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {}
  }

  private static Matrix variable(Path file, Mat5File content, String name) {
    for (MatFile.Entry entry : content.getEntries()) {
      if (entry.getName().equals(name) && entry.getValue() instanceof Matrix matrix) {
        return matrix;
      }
    }
    throw DataException.of(file, "a numeric variable " + name, "none", REMEDY);
  }

  private static int[] labels(Path file, Matrix values, int count) {
    if (values.getNumElements() != count) {
      throw DataException.of(
          file,
          count + " labels y, one per image",
          values.getNumElements() + " labels",
          "the file is damaged: download it again");
    }
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      double value = values.getDouble(i);
      if (!(value >= 0 && value <= ZERO_LABEL) || value != Math.rint(value)) {
        throw DataException.of(file, "labels 1 to 10", "label " + value + " of image " + i, REMEDY);
      }
      labels[i] = (int) value % ZERO_LABEL;
    }
    return labels;
  }

  /** From column by column, channel after channel, to row by row with the channels together. */
  private static byte[] pixels(Matrix images, int count) {
    byte[] pixels = new byte[count * SHAPE.valueCount()];
    int target = 0;
    for (int image = 0; image < count; image++) {
      int first = image * SHAPE.valueCount();
      for (int row = 0; row < SHAPE.height(); row++) {
        for (int column = 0; column < SHAPE.width(); column++) {
          for (int channel = 0; channel < SHAPE.channels(); channel++) {
            int source = first + channel * PLANE + column * SHAPE.height() + row;
            pixels[target++] = (byte) images.getLong(source);
          }
        }
      }
    }
    return pixels;
  }

  private static DataException unreadable(Path file, Exception failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return DataException.of(file, "a MATLAB file of level 5", cause.toString(), REMEDY, failure);
  }
}
