package io.github.tfkfac.models.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** A decoded image of three channels, red, green, blue. */
final class RgbImage {

  private static final int CHANNELS = 3;

  private final ImageShape shape;
  private final byte[] pixels;

  private RgbImage(ImageShape shape, byte[] pixels) {
    this.shape = shape;
    this.pixels = pixels;
  }

  ImageShape shape() {
    return shape;
  }

  /** Bytes, HWC; not a copy. */
  byte[] pixels() {
    return pixels;
  }

  /**
   * Reads an image file of any format that Java knows, whatever its name.
   *
   * @throws DataException if it cannot be read or decoded
   */
  static RgbImage read(Path file) {
    @Nullable BufferedImage image;
    try {
      // From memory: ImageIO's own streams would write a temporary file per image.
      ByteArrayInputStream bytes = new ByteArrayInputStream(Files.readAllBytes(file));
      image = ImageIO.read(new MemoryCacheImageInputStream(bytes));
    } catch (IOException | RuntimeException e) {
      throw unreadable(file, oneLine(e), e);
    }
    if (image == null) {
      throw unreadable(file, "another format", null);
    }
    return of(image);
  }

  private static RgbImage of(BufferedImage image) {
    ImageShape shape = new ImageShape(image.getHeight(), image.getWidth(), CHANNELS);
    return new RgbImage(shape, isGrey(image) ? fromGrey(image) : fromColours(image));
  }

  private static boolean isGrey(BufferedImage image) {
    ColorModel model = image.getColorModel();
    return !(model instanceof IndexColorModel)
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** The stored values: {@code getRGB} would take them for linear light and brighten them. */
  private static byte[] fromGrey(BufferedImage image) {
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

  private static byte[] fromColours(BufferedImage image) {
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

  private static String oneLine(Exception e) {
    return e.toString().lines().findFirst().orElse("").strip();
  }

  private static DataException unreadable(Path file, String found, @Nullable Exception cause) {
    String expected = "a JPEG or PNG image";
    String remedy = "replace the file or remove it";
    return cause == null
        ? DataException.of(file, expected, found, remedy)
        : DataException.of(file, expected, found, remedy, cause);
  }
}
