package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

  private static final int SIZE = 8;

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    for (String part : List.of("train", "val")) {
      png(part, "owl", "b.PNG", stripes(20, 30));
      png(part, "ant", "c.png", stripes(9, 12));
      png(part, "ant", "a.png", stripes(16, 16));
    }
    png("train", "owl", "d.png", stripes(40, 24));
    png("train", "owl", "e.png", stripes(40, 24));
    Files.writeString(folder.resolve("train/owl/notes.txt"), "no image");
    Files.writeString(folder.resolve("train/owl/.hidden.png"), "no image");
  }

  @Test
  void classesAreSortedAndComeInTurns() {
    ImageDataset train = images().train();
    assertThat(train.classNames()).containsExactly("ant", "owl");
    assertThat(train.shape()).isEqualTo(new ImageShape(SIZE, SIZE, 3));
    assertThat(IntStream.range(0, train.size()).map(train::label)).containsExactly(0, 1, 0, 1, 1);
    assertThat(images().validation().size()).isEqualTo(3);
    assertThat(train.range(1, 3).image(0)).isEqualTo(train.image(1));
    assertThat(train.range(1, 3).label(0)).isEqualTo(1);
  }

  @Test
  void anImageIsItsResizedMiddle() {
    ImageDataset train = new ImageFolder(folder, SIZE, 0.5).train();
    // ant/a.png: 16 x 16, of which the middle 8 x 8 is taken as it is.
    BufferedImage original = stripes(16, 16);
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        Color color = new Color(original.getRGB(4 + column, 4 + row));
        assertThat(
                new int[] {
                  train.pixel(0, row, column, 0),
                  train.pixel(0, row, column, 1),
                  train.pixel(0, row, column, 2)
                })
            .containsExactly(color.getRed(), color.getGreen(), color.getBlue());
      }
    }
  }

  @Test
  void trainingBatchesHaveRandomPartsThatAResumedRunSeesAgain() {
    ImageDataset train = images().train();
    BatchPlan plan =
        BatchPlan.training(train, PixelScaling.pretrainedRgb(), 5, 3)
            .withAugmentation(RandomResizedCropFlip.imageNet());
    Batcher batches = Batcher.endless(plan, BatcherPosition.START);
    Batch first = batches.next();
    Batch second = batches.next();
    assertThat(first.images()).isNotEqualTo(second.images());
    BatcherTest.assertSame(Batcher.endless(plan, new BatcherPosition(1, 0)).next(), second);

    Batch evaluated =
        Batcher.oneEpoch(BatchPlan.evaluation(train, PixelScaling.unitRange(3), 5), 0).next();
    assertThat(evaluated.labels()).containsExactly(0, 1, 0, 1, 1);
    int length = train.shape().valueCount();
    for (int i = 0; i < 5; i++) {
      byte[] bytes = train.image(i);
      for (int k = 0; k < length; k++) {
        assertThat(Math.round(evaluated.images()[i * length + k] * 255))
            .isEqualTo(Byte.toUnsignedInt(bytes[k]));
      }
    }
  }

  @Test
  void grayValuesStayAsTheyAreStored() throws IOException {
    BufferedImage gray = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(((DataBufferByte) gray.getRaster().getDataBuffer()).getData(), (byte) 100);
    png("train", "ant", "a.png", gray);
    assertThat(images().train().image(0)).containsOnly(100);
  }

  @Test
  void transparencyIsDropped() throws IOException {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB);
    for (int k = 0; k < SIZE * SIZE; k++) {
      image.setRGB(k % SIZE, k / SIZE, 0x80_0a_14_1e);
    }
    png("train", "ant", "a.png", image);
    assertThat(images().train().image(0)).startsWith(10, 20, 30).containsOnly(10, 20, 30);
  }

  @Test
  void jpegFilesAreRead() throws IOException {
    ImageIO.write(stripes(20, 20), "jpg", file("train", "ant", "a.png").toFile());
    byte[] expected = images().train().image(0);
    ImageIO.write(stripes(20, 20), "png", file("train", "ant", "a.png").toFile());
    byte[] exact = images().train().image(0);
    for (int k = 0; k < exact.length; k++) {
      assertThat(Byte.toUnsignedInt(expected[k]))
          .isBetween(Byte.toUnsignedInt(exact[k]) - 40, Byte.toUnsignedInt(exact[k]) + 40);
    }
  }

  @Test
  void fourColorFilesHaveInvertedInks() throws IOException {
    Path file = file("train", "ant", "a.JPEG");
    writeFourColors(file, 255);
    for (byte value : images().train().image(0)) {
      assertThat(Byte.toUnsignedInt(value)).isGreaterThan(200);
    }
    writeFourColors(file, 0);
    for (byte value : images().train().image(0)) {
      assertThat(Byte.toUnsignedInt(value)).isLessThan(60);
    }
  }

  @Test
  void anUnreadableImageIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(file("train", "ant", "c.png"));
    ImageDataset train = images().train();
    for (byte[] content :
        List.of(new byte[0], new byte[] {1, 2, 3}, Arrays.copyOf(whole, whole.length / 2))) {
      Path broken = Files.write(file("train", "ant", "a.png"), content);
      assertThatThrownBy(() -> train.image(0))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(broken + ": expected a JPEG or PNG image, found ")
          .hasMessageNotContaining("\n");
      BatchPlan plan = BatchPlan.evaluation(train, PixelScaling.unitRange(3), 5);
      assertThatThrownBy(() -> Batcher.oneEpoch(plan, 0).next())
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(broken.toString());
    }
  }

  @Test
  void wrongFoldersAreNamed() throws IOException {
    assertThatThrownBy(() -> new ImageFolder(folder.resolve("absent"), SIZE, 1).train())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train: expected a folder, found no such folder");
    Files.createDirectory(folder.resolve("val/yak"));
    assertThatThrownBy(() -> images().validation())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val: expected the classes of train, found class yak");
    Files.createDirectory(folder.resolve("train/yak"));
    assertThatThrownBy(() -> images().train())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("yak: expected images named *.jpg, *.jpeg or *.png, found none");
    assertThatThrownBy(() -> new ImageFolder(folder, 0, 1)).hasMessageContaining("found 0 and 1.0");
    assertThatThrownBy(() -> new ImageFolder(folder, 8, 1.5)).hasMessageContaining("8 and 1.5");
  }

  @Test
  void theContentHashSeesNamesAndSizesOfFiles() throws IOException {
    String before = images().train().contentHash();
    assertThat(images().train().contentHash()).isEqualTo(before);
    png("train", "owl", "d.png", stripes(41, 24));
    String afterChange = images().train().contentHash();
    assertThat(afterChange).isNotEqualTo(before);
    Files.move(file("train", "owl", "d.png"), file("train", "owl", "dd.png"));
    assertThat(images().train().contentHash()).isNotEqualTo(afterChange);
  }

  private ImageFolder images() {
    return new ImageFolder(folder, SIZE, 1);
  }

  private Path file(String part, String className, String name) throws IOException {
    return Files.createDirectories(folder.resolve(part).resolve(className)).resolve(name);
  }

  private void png(String part, String className, String name, BufferedImage image)
      throws IOException {
    ImageIO.write(image, "png", file(part, className, name).toFile());
  }

  private static BufferedImage stripes(int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int row = 0; row < height; row++) {
      graphics.setColor(new Color(row * 5, 200 - row * 4, 90));
      graphics.fillRect(0, row, width, 1);
    }
    graphics.setColor(Color.ORANGE);
    graphics.fillRect(0, 0, width / 3, height);
    graphics.dispose();
    return image;
  }

  /** A JPEG file with the four channels of a print, all of one value, marked as Adobe does. */
  private static void writeFourColors(Path file, int value) throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIZE, SIZE, 4, null);
    Arrays.fill(((DataBufferByte) raster.getDataBuffer()).getData(), (byte) value);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(plain)) {
      writer.setOutput(output);
      writer.write(new IIOImage(raster, null, null));
    } finally {
      writer.dispose();
    }
    byte[] marker = {
      (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };
    byte[] bytes = plain.toByteArray();
    try (OutputStream output = Files.newOutputStream(file)) {
      output.write(bytes, 0, 2);
      output.write(marker);
      output.write(bytes, 2, bytes.length - 2);
    }
  }
}
