package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistIdxTest {

  private static final byte[] IMAGES =
      idx(2051, new int[] {2, 3, 2}, 0, 50, 100, 150, 200, 250, 1, 2, 3, 4, 5, 255);
  private static final byte[] LABELS = idx(2049, new int[] {2}, 9, 4);

  @TempDir Path folder;

  @Test
  void readsImagesAndLabels() throws IOException {
    Files.write(folder.resolve("train-images-idx3-ubyte"), IMAGES);
    Files.write(folder.resolve("train-labels-idx1-ubyte"), LABELS);
    ImageDataset data = MnistIdx.train(folder);
    assertThat(data.shape()).isEqualTo(new ImageShape(3, 2, 1));
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.label(0)).isEqualTo(9);
    assertThat(data.pixel(0, 2, 1, 0)).isEqualTo(250);
    assertThat(data.pixel(1, 0, 1, 0)).isEqualTo(2);
  }

  @Test
  void gzippedFilesGiveTheSame() throws IOException {
    Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(IMAGES));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), LABELS);
    ImageDataset plain = read(IMAGES, LABELS);
    assertThat(MnistIdx.test(folder).contentHash()).isEqualTo(plain.contentHash());
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    assertThatThrownBy(() -> MnistIdx.train(folder.resolve("absent")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("absent: expected a folder");
    assertThatThrownBy(() -> MnistIdx.train(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz");
    Files.write(folder.resolve("train-images-idx3-ubyte"), IMAGES);
    assertThatThrownBy(() -> MnistIdx.train(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train-labels-idx1-ubyte");
  }

  @Test
  void aWrongMagicNumberIsNamed() {
    assertThatThrownBy(() -> read(LABELS, LABELS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images: expected an IDX file of images with a header of 16 bytes");
    assertThatThrownBy(() -> read(IMAGES, IMAGES))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "labels: expected an IDX file of labels (magic number 2049), found magic number 2051");
  }

  @Test
  void truncatedFilesAreNamedWithTheirSizes() {
    assertThatThrownBy(() -> read(Arrays.copyOf(IMAGES, IMAGES.length - 1), LABELS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images: expected 12 bytes after the header, found 11 bytes");
    assertThatThrownBy(() -> read(IMAGES, new byte[0]))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("labels: expected an IDX file of labels with a header of 8 bytes");
  }

  @Test
  void aTruncatedGzipFileIsNamed() throws IOException {
    byte[] packed = gzip(IMAGES);
    assertThatThrownBy(() -> read(Arrays.copyOf(packed, packed.length - 12), LABELS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images: expected a complete gzip file, found")
        .hasMessageContaining("download it again");
  }

  @Test
  void absurdSizesAreRejected() {
    for (int[] sizes : new int[][] {{-1, 3, 2}, {1 << 20, 1 << 20, 1 << 20}, {2, 0, 2}}) {
      assertThatThrownBy(() -> read(idx(2051, sizes, 0), LABELS))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("images: expected positive sizes");
    }
  }

  @Test
  void aLabelOutOfRangeIsNamedWithItsRecord() {
    assertThatThrownBy(() -> read(IMAGES, idx(2049, new int[] {2}, 3, 10)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("labels: expected labels 0 to 9, found label 10 in record 1");
  }

  @Test
  void countsThatDisagreeAreNamed() {
    assertThatThrownBy(() -> read(IMAGES, idx(2049, new int[] {3}, 1, 2, 3)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected 2 labels, one per image of images, found 3 labels");
  }

  @Test
  @Tag("data")
  void realMnistIsComplete() {
    Path real = RealData.folder("mnist");
    ImageDataset train = MnistIdx.train(real);
    ImageDataset test = MnistIdx.test(real);
    assertThat(train.shape()).isEqualTo(new ImageShape(28, 28, 1));
    assertThat(train.size()).isEqualTo(60_000);
    assertThat(test.size()).isEqualTo(10_000);
    assertThat(new int[] {train.label(0), train.label(1), test.label(0)}).containsExactly(5, 0, 7);
  }

  private ImageDataset read(byte[] images, byte[] labels) throws IOException {
    return MnistIdx.read(
        "test",
        Files.write(folder.resolve("images"), images),
        Files.write(folder.resolve("labels"), labels));
  }

  private static byte[] idx(int magic, int[] sizes, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + values.length).putInt(magic);
    for (int size : sizes) {
      bytes.putInt(size);
    }
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(bytes)) {
      packed.write(content);
    }
    return bytes.toByteArray();
  }
}
