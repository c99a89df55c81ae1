package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** A picture that is stored turned or mirrored, with the EXIF entry that says so. */
final class TurnedPicture {
  static final int ORIENTATIONS = 8;

  private static final int PNG_HEADER = 33;
  private static final int PNG_EXIF = 0x65584966;
  private static final int JPEG_START = 2;
  private static final short EXIF_SEGMENT = (short) 0xffe1;

  private TurnedPicture() {}

  /** Writes a picture in one of EXIF's orientations, 1 to 8, as its file's name says. */
  static Path write(BufferedImage upright, int orientation, Path file) throws IOException {
    boolean png = file.toString().endsWith(".png");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(stored(upright, orientation), png ? "png" : "jpeg", bytes)).isTrue();
    byte[] plain = bytes.toByteArray();
    int at = png ? PNG_HEADER : JPEG_START;
    byte[] part = png ? chunk(tiff(orientation)) : segment(tiff(orientation));
    ByteBuffer whole = ByteBuffer.allocate(plain.length + part.length);
    whole.put(plain, 0, at).put(part).put(plain, at, plain.length - at);
    return Files.write(file, whole.array());
  }

  /** Stored so that EXIF's turn, of which this is the inverse, gives the upright picture. */
  private static BufferedImage stored(BufferedImage upright, int orientation) {
    int height = upright.getHeight();
    int width = upright.getWidth();
    boolean swapped = orientation >= 5;
    BufferedImage stored =
        new BufferedImage(
            swapped ? height : width, swapped ? width : height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int right = width - 1 - x;
        int bottom = height - 1 - y;
        int rgb = upright.getRGB(x, y);
        switch (orientation) {
          case 1 -> stored.setRGB(x, y, rgb);
          case 2 -> stored.setRGB(right, y, rgb);
          case 3 -> stored.setRGB(right, bottom, rgb);
          case 4 -> stored.setRGB(x, bottom, rgb);
          case 5 -> stored.setRGB(y, x, rgb);
          case 6 -> stored.setRGB(y, right, rgb);
          case 7 -> stored.setRGB(bottom, right, rgb);
          case 8 -> stored.setRGB(bottom, x, rgb);
          default -> throw new IllegalArgumentException("orientation " + orientation);
        }
      }
    }
    return stored;
  }

  /** A directory with one entry. */
  private static byte[] tiff(int orientation) {
    return ByteBuffer.allocate(26)
        .putShort((short) 0x4d4d)
        .putShort((short) 42)
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 0x0112)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .array();
  }

  private static byte[] segment(byte[] tiff) {
    byte[] start = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(4 + start.length + tiff.length)
        .putShort(EXIF_SEGMENT)
        .putShort((short) (2 + start.length + tiff.length))
        .put(start)
        .put(tiff)
        .array();
  }

  private static byte[] chunk(byte[] tiff) {
    byte[] content = ByteBuffer.allocate(4 + tiff.length).putInt(PNG_EXIF).put(tiff).array();
    CRC32 check = new CRC32();
    check.update(content);
    return ByteBuffer.allocate(12 + tiff.length)
        .putInt(tiff.length)
        .put(content)
        .putInt((int) check.getValue())
        .array();
  }
}
