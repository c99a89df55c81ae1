package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

class SvhnTest {

  /** Where an uncompressed file has the byte counts of X's sizes and values, little endian. */
  private static final int SIZE_OF_DIMENSIONS = 128 + 8 + 16 + 4;

  private static final int SIZE_OF_X = 128 + 8 + 16 + 24 + 8 + 4;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {Deflater.NO_COMPRESSION, Deflater.BEST_SPEED, Deflater.BEST_COMPRESSION})
  void readsImagesAndDigits(int compression) throws IOException {
    Path file = write("train_32x32.mat", compression, images(3), labels(1, 10, 9));
    ImageDataset data = Svhn.train(folder);
    assertThat(data.shape()).isEqualTo(new ImageShape(32, 32, 3));
    assertThat(new int[] {data.label(0), data.label(1), data.label(2)}).containsExactly(1, 0, 9);
    for (int image = 0; image < 3; image++) {
      for (int row = 0; row < 32; row++) {
        for (int column = 0; column < 32; column++) {
          for (int channel = 0; channel < 3; channel++) {
            assertThat(data.pixel(image, row, column, channel))
                .isEqualTo(value(row, column, channel, image));
          }
        }
      }
    }
    assertThat(Svhn.read("same", file).contentHash()).isEqualTo(data.contentHash());
  }

  @Test
  void labelsMayBeOfAnyNumericType() throws IOException {
    Matrix bytes = Mat5.newMatrix(2, 1, MatlabType.UInt8);
    bytes.setInt(0, 10);
    bytes.setInt(1, 3);
    write("test_32x32.mat", Deflater.BEST_SPEED, images(2), bytes);
    ImageDataset data = Svhn.test(folder);
    assertThat(new int[] {data.label(0), data.label(1)}).containsExactly(0, 3);
  }

  @Test
  void aSingleImageMayLackItsLastDimension() throws IOException {
    Matrix image = Mat5.newMatrix(new int[] {32, 32, 3}, MatlabType.UInt8);
    Path file = write("one.mat", Deflater.BEST_SPEED, image, labels(4));
    assertThat(Svhn.read("one", file).size()).isEqualTo(1);
  }

  @Test
  void missingFilesAreNamed() {
    assertThatThrownBy(() -> Svhn.train(folder))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "%s: expected a folder with train_32x32.mat, found no such file; download the file to"
                + " this folder",
            folder);
    assertThatThrownBy(() -> Svhn.test(folder.resolve("absent")))
        .hasMessageContaining("test_32x32.mat, found no such folder");
  }

  @Test
  void wrongVariablesAreNamed() throws IOException {
    assertRejected(images(2), labels(1), "expected 2 labels y, one per image, found 1 labels");
    assertRejected(images(1), labels(11), "expected labels 1 to 10, found label 11.0 of image 0");
    assertRejected(images(1), labels(1.5), "found label 1.5 of image 0");
    assertRejected(images(1), labels(Double.NaN), "found label NaN of image 0");
    assertRejected(
        Mat5.newMatrix(new int[] {32, 32, 1, 2}, MatlabType.UInt8),
        labels(1, 1),
        "expected images X [32, 32, 3, N]");
    assertRejected(
        Mat5.newMatrix(new int[] {32, 32, 3, 1}, MatlabType.Int16),
        labels(1),
        "expected images X of unsigned bytes");
    Path file = folder.resolve("x.mat");
    try (MatFile content = Mat5.newMatFile().addArray("X", images(1))) {
      Mat5.writeToFile(content, file.toFile());
    }
    assertThatThrownBy(() -> Svhn.read("x", file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("x.mat: expected a numeric variable y, found none");
  }

  @ParameterizedTest
  @ValueSource(ints = {Deflater.NO_COMPRESSION, Deflater.BEST_SPEED})
  void aTruncatedFileIsRejectedInOneLine(int compression) throws IOException {
    byte[] whole = Files.readAllBytes(write("whole.mat", compression, images(2), labels(1, 2)));
    Path file = folder.resolve("broken.mat");
    for (int length = 0; length < whole.length; length += 1 + whole.length / 40) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRejectedInOneLine(file);
    }
  }

  @Test
  void filesOfOtherKindsAreRejectedInOneLine() throws IOException {
    Path file = folder.resolve("other.mat");
    Files.writeString(file, "MATLAB 7.3 MAT-file, Platform: GLNXA64".repeat(20));
    assertRejectedInOneLine(file);
    Files.write(file, new byte[4096]);
    assertRejectedInOneLine(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {SIZE_OF_DIMENSIONS, SIZE_OF_X})
  void aSizeBeyondTheFileIsRejectedInOneLine(int place) throws IOException {
    byte[] content =
        Files.readAllBytes(write("w.mat", Deflater.NO_COMPRESSION, images(1), labels(1)));
    assertThat(content[place + 3]).isZero();
    content[place + 3] = 0x7f;
    assertRejectedInOneLine(Files.write(folder.resolve("absurd.mat"), content));
  }

  private static void assertRejectedInOneLine(Path file) {
    assertThatThrownBy(() -> Svhn.read("broken", file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ": expected ")
        .hasMessageNotContaining("\n");
  }

  private void assertRejected(Matrix images, Matrix labels, String message) throws IOException {
    Path file = write("rejected.mat", Deflater.BEST_SPEED, images, labels);
    assertThatThrownBy(() -> Svhn.read("rejected", file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("rejected.mat: expected ")
        .hasMessageContaining(message);
  }

  private Path write(String name, int compression, Matrix images, Matrix labels)
      throws IOException {
    Path file = folder.resolve(name);
    try (MatFile content = Mat5.newMatFile().addArray("X", images).addArray("y", labels);
        Sink sink = Sinks.newStreamingFile(file.toFile())) {
      Mat5.newWriter(sink).setDeflateLevel(compression).writeMat(content).flush();
    }
    return file;
  }

  private static Matrix images(int count) {
    Matrix images = Mat5.newMatrix(new int[] {32, 32, 3, count}, MatlabType.UInt8);
    for (int image = 0; image < count; image++) {
      for (int row = 0; row < 32; row++) {
        for (int column = 0; column < 32; column++) {
          for (int channel = 0; channel < 3; channel++) {
            images.setInt(
                new int[] {row, column, channel, image}, value(row, column, channel, image));
          }
        }
      }
    }
    return images;
  }

  private static int value(int row, int column, int channel, int image) {
    return (row * 7 + column * 3 + channel * 90 + image * 11) % 256;
  }

  private static Matrix labels(double... values) {
    Matrix labels = Mat5.newMatrix(values.length, 1);
    for (int i = 0; i < values.length; i++) {
      labels.setDouble(i, values[i]);
    }
    return labels;
  }
}
