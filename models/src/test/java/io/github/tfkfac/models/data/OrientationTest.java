package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures stored in each of EXIF's orientations are read upright. */
class OrientationTest {

  /** Sides of a JPEG picture's uniform blocks, which decode to the same values however turned. */
  private static final int BLOCK = 16;

  private static final int COLUMNS = 3;
  private static final int ROWS = 2;

  @TempDir Path folder;

  /**
   * A color per block, all different; {@code side} pixels wide and high. JPEG pictures are gray, as
   * colors are blurred across blocks.
   */
  private static BufferedImage upright(int side) {
    BufferedImage image =
        new BufferedImage(COLUMNS * side, ROWS * side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int step = side == BLOCK ? 0x202020 : 0x251505;
        image.setRGB(x, y, 0x101010 + step * (y / side * COLUMNS + x / side));
      }
    }
    return image;
  }

  /**
   * The picture as it is stored so that row 0 is the upright picture's side {@code firstRow} and
   * column 0 its side {@code firstColumn}, EXIF's definition.
   */
  private static BufferedImage stored(BufferedImage upright, String firstRow, String firstColumn) {
    boolean swapped = firstRow.equals("left") || firstRow.equals("right");
    int height = swapped ? upright.getWidth() : upright.getHeight();
    int width = swapped ? upright.getHeight() : upright.getWidth();
    BufferedImage stored = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int[] place = {-1, -1};
        put(place, upright, firstRow, row);
        put(place, upright, firstColumn, column);
        stored.setRGB(column, row, upright.getRGB(place[0], place[1]));
      }
    }
    return stored;
  }

  private static void put(int[] place, BufferedImage upright, String side, int distance) {
    switch (side) {
      case "left" -> place[0] = distance;
      case "right" -> place[0] = upright.getWidth() - 1 - distance;
      case "top" -> place[1] = distance;
      case "bottom" -> place[1] = upright.getHeight() - 1 - distance;
      default -> throw new IllegalArgumentException(side);
    }
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  /** A directory with another entry before and behind the orientation. */
  private static byte[] tiff(ByteOrder order, int number) {
    ByteBuffer tiff = ByteBuffer.allocate(64).order(order);
    tiff.putShort((short) (order == ByteOrder.BIG_ENDIAN ? 0x4d4d : 0x4949)).putShort((short) 42);
    tiff.putInt(12).putInt(0).putShort((short) 3);
    tiff.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(77);
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) number);
    tiff.putShort((short) 0).putShort((short) 0x011a).putShort((short) 4).putInt(1).putInt(5);
    tiff.putInt(0);
    return Arrays.copyOf(tiff.array(), tiff.position());
  }

  private static byte[] segment(int marker, byte[] start, byte[] content) {
    return ByteBuffer.allocate(4 + start.length + content.length)
        .putShort((short) marker)
        .putShort((short) (2 + start.length + content.length))
        .put(start)
        .put(content)
        .array();
  }

  private static byte[] inserted(byte[] file, int at, byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(file, 0, at);
    for (byte[] part : parts) {
      bytes.write(part);
    }
    bytes.write(file, at, file.length - at);
    return bytes.toByteArray();
  }

  /** EXIF behind a comment and another application's segment. */
  private static byte[] withExif(byte[] jpeg, byte[] tiff) throws IOException {
    return inserted(
        jpeg,
        2,
        segment(0xfffe, new byte[0], "a comment".getBytes(StandardCharsets.US_ASCII)),
        new byte[] {(byte) 0xff},
        segment(0xffe1, "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII), tiff),
        segment(0xffe1, "Exif\0\0".getBytes(StandardCharsets.US_ASCII), tiff));
  }

  /** The chunk behind the header, which ends at byte 33. */
  private static byte[] withChunk(byte[] png, byte[] tiff) throws IOException {
    byte[] content = ByteBuffer.allocate(4 + tiff.length).putInt(0x65584966).put(tiff).array();
    CRC32 check = new CRC32();
    check.update(content);
    return inserted(
        png,
        33,
        ByteBuffer.allocate(12 + tiff.length)
            .putInt(tiff.length)
            .put(content)
            .putInt((int) check.getValue())
            .array());
  }

  private RgbImage read(byte[] content) throws IOException {
    return RgbImage.read(Files.write(folder.resolve("photo"), content));
  }

  private static void assertSame(RgbImage found, RgbImage expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.pixels()).isEqualTo(expected.pixels());
  }

  @ParameterizedTest
  @CsvSource({
    "1, top, left",
    "2, top, right",
    "3, bottom, right",
    "4, bottom, left",
    "5, left, top",
    "6, right, top",
    "7, right, bottom",
    "8, left, bottom"
  })
  void everyOrientationIsReadUpright(int number, String firstRow, String firstColumn)
      throws IOException {
    BufferedImage blocks = upright(BLOCK);
    RgbImage photo = read(encoded(blocks, "jpeg"));
    byte[] jpeg = encoded(stored(blocks, firstRow, firstColumn), "jpeg");
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      assertSame(read(withExif(jpeg, tiff(order, number))), photo);
    }

    BufferedImage pixels = upright(1);
    byte[] png = encoded(stored(pixels, firstRow, firstColumn), "png");
    assertSame(
        read(withChunk(png, tiff(ByteOrder.LITTLE_ENDIAN, number))), read(encoded(pixels, "png")));
    assertThat(RgbImage.turnOf(folder.resolve("none"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255, 65535})
  void unknownNumbersMeanUpright(int number) throws IOException {
    byte[] jpeg = encoded(upright(BLOCK), "jpeg");
    assertSame(read(withExif(jpeg, tiff(ByteOrder.BIG_ENDIAN, number))), read(jpeg));
  }

  @Test
  void damagedEntriesMeanUpright() throws IOException {
    byte[] jpeg = encoded(upright(BLOCK), "jpeg");
    byte[] tiff = tiff(ByteOrder.BIG_ENDIAN, 6);
    RgbImage plain = read(jpeg);
    for (int length = 0; length < 34; length++) {
      assertSame(read(withExif(jpeg, Arrays.copyOf(tiff, length))), plain);
    }
    byte[] outside = tiff.clone();
    outside[4] = 0x7f;
    assertSame(read(withExif(jpeg, outside)), plain);
    outside[4] = (byte) 0xff;
    assertSame(read(withExif(jpeg, outside)), plain);
  }

  @Test
  void messagesCanSayHowAPictureIsTurned() throws IOException {
    byte[] jpeg = encoded(upright(BLOCK), "jpeg");
    Path file = folder.resolve("turned.jpg");
    Files.write(file, withExif(jpeg, tiff(ByteOrder.LITTLE_ENDIAN, 6)));
    assertThat(RgbImage.turnOf(file)).isEqualTo(" (upright; stored with EXIF orientation 6)");
    Files.write(file, jpeg);
    assertThat(RgbImage.turnOf(file)).isEmpty();
  }
}
