package io.github.tfkfac.models.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** A decoded image of three channels, red, green, blue. */
public final class RgbImage {

  private static final int CHANNELS = 3;

  /** More pixels per byte than the strongest compression of PNG's rows of bits makes. */
  private static final long MOST_PIXELS_PER_BYTE = 8 * 1032;

  private static final long MOST_PIXELS = Integer.MAX_VALUE / CHANNELS;

  /** Integers beyond and floating-point numbers do not tell which value is white. */
  private static final int MOST_BITS = 16;

  private final ImageShape shape;
  private final byte[] pixels;

  private RgbImage(ImageShape shape, byte[] pixels) {
    this.shape = shape;
    this.pixels = pixels;
  }

  /**
   * An image of these pixels.
   *
   * @param pixels red, green, blue of each pixel, row by row; not copied
   */
  public static RgbImage of(int height, int width, byte[] pixels) {
    ImageShape shape = new ImageShape(height, width, CHANNELS);
    if (pixels.length != shape.valueCount()) {
      throw new IllegalArgumentException(
          "expected "
              + shape.valueCount()
              + " bytes of an image "
              + shape
              + ", found "
              + pixels.length);
    }
    return new RgbImage(shape, pixels);
  }

  /**
   * The colors of an image of Java's.
   *
   * @throws IllegalArgumentException if its samples have more than 16 bits
   */
  public static RgbImage of(BufferedImage image) {
    if (bits(image) > MOST_BITS) {
      throw new IllegalArgumentException(
          "expected samples of at most %d bits, found %d".formatted(MOST_BITS, bits(image)));
    }
    ImageShape shape = new ImageShape(image.getHeight(), image.getWidth(), CHANNELS);
    return new RgbImage(shape, isGray(image) ? fromGray(image) : fromColors(image));
  }

  /** Height, width and channels. */
  public ImageShape shape() {
    return shape;
  }

  /** Bytes, HWC; not a copy. */
  public byte[] pixels() {
    return pixels;
  }

  /** The same mirrored left to right. */
  public RgbImage mirrored() {
    int row = shape.width() * CHANNELS;
    byte[] result = new byte[pixels.length];
    for (int start = 0; start < pixels.length; start += row) {
      for (int at = 0; at < row; at += CHANNELS) {
        System.arraycopy(pixels, start + at, result, start + row - CHANNELS - at, CHANNELS);
      }
    }
    return new RgbImage(shape, result);
  }

  /** A copy to draw on, of {@link BufferedImage#TYPE_INT_RGB}. */
  public BufferedImage toBufferedImage() {
    int width = shape.width();
    BufferedImage image = new BufferedImage(width, shape.height(), BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0, at = 0; y < shape.height(); y++) {
      for (int x = 0; x < width; x++, at += CHANNELS) {
        row[x] =
            Byte.toUnsignedInt(pixels[at]) << 16
                | Byte.toUnsignedInt(pixels[at + 1]) << 8
                | Byte.toUnsignedInt(pixels[at + 2]);
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }

  /**
   * Reads an image file of any format that Java knows, whatever its name; upright, as EXIF says it
   * is to be shown.
   *
   * @throws DataException if it cannot be read or decoded
   */
  public static RgbImage read(Path file) {
    return read(file, "a JPEG or PNG image");
  }

  /**
   * Reads an image file of any format that Java knows, whatever its name; upright, as EXIF says it
   * is to be shown.
   *
   * @param expected what the file should be, for the message
   * @throws DataException if it cannot be read or decoded
   */
  public static RgbImage read(Path file, String expected) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, expected, reason(e), e);
    }
    ImageContent kind = ImageContent.of(content);
    if (kind.isCutOff(content)) {
      throw unreadable(file, expected, kind.cutOff(), null);
    }
    @Nullable BufferedImage image;
    // From memory: ImageIO's own streams would write a temporary file per image.
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      image = decoded(stream, file, content.length);
    } catch (DataException known) {
      throw known;
    } catch (IOException | RuntimeException e) {
      throw unreadable(file, expected, kind.damaged(), e);
    }
    if (image == null) {
      throw unreadable(file, expected, kind.text(), null);
    }
    if (bits(image) > MOST_BITS) {
      throw DataException.of(
          file,
          expected + " with samples of 8 or 16 bits",
          "samples of " + bits(image) + " bits",
          "convert the file");
    }
    return Orientation.of(content).upright(of(image));
  }

  /** Decodes a file whose size in pixels can be true; null if no reader knows its format. */
  private static @Nullable BufferedImage decoded(ImageInputStream stream, Path file, int bytes)
      throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (!readers.hasNext()) {
      return null;
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(stream, true, true);
      long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
      if (pixels > MOST_PIXELS || pixels > MOST_PIXELS_PER_BYTE * bytes) {
        throw DataException.of(
            file,
            "an image whose pixels a file of " + bytes + " bytes can hold, up to " + MOST_PIXELS,
            "one of " + reader.getWidth(0) + "x" + reader.getHeight(0) + " pixels",
            "replace the file or remove it");
      }
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Description of an image file's EXIF orientation, for messages about sizes; empty if it is
   * upright or the file cannot be read.
   */
  public static String turnOf(Path file) {
    try {
      Orientation orientation = Orientation.of(Files.readAllBytes(file));
      return orientation == Orientation.UPRIGHT
          ? ""
          : " (upright; stored with EXIF orientation " + orientation.number() + ")";
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Of a sample of its first channel. */
  private static int bits(BufferedImage image) {
    return image.getColorModel().getComponentSize(0);
  }

  private static boolean isGray(BufferedImage image) {
    ColorModel model = image.getColorModel();
    return !(model instanceof IndexColorModel)
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** The stored values: {@code getRGB} would take them for linear light and brighten them. */
  private static byte[] fromGray(BufferedImage image) {
    int width = image.getWidth();
    int largest = (1 << image.getColorModel().getComponentSize(0)) - 1;
    byte[] pixels = new byte[image.getHeight() * width * CHANNELS];
    int target = 0;
    for (int row = 0; row < image.getHeight(); row++) {
      for (int sample : image.getRaster().getSamples(0, row, width, 1, 0, new int[width])) {
        byte value = (byte) Math.round(255f * sample / largest);
        pixels[target++] = value;
        pixels[target++] = value;
        pixels[target++] = value;
      }
    }
    return pixels;
  }

  private static byte[] fromColors(BufferedImage image) {
    int width = image.getWidth();
    byte[] pixels = new byte[image.getHeight() * width * CHANNELS];
    int target = 0;
    for (int row = 0; row < image.getHeight(); row++) {
      for (int rgb : image.getRGB(0, row, width, 1, null, 0, width)) {
        pixels[target++] = (byte) (rgb >> 16);
        pixels[target++] = (byte) (rgb >> 8);
        pixels[target++] = (byte) rgb;
      }
    }
    return pixels;
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException
        ? "a file without permission to read it"
        : "a file that cannot be read (" + e.getMessage() + ")";
  }

  private static DataException unreadable(
      Path file, String expected, String found, @Nullable Exception cause) {
    String remedy = "replace the file or remove it";
    return cause == null
        ? DataException.of(file, expected, found, remedy)
        : DataException.of(file, expected, found, remedy, cause);
  }
}
