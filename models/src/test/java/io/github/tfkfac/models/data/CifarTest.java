package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {

  private static final int PLANE = 1024;

  @TempDir Path folder;

  @Test
  void planesBecomePixels() throws IOException {
    write("test_batch.bin", record(3, 7));
    ImageDataset data = Cifar.cifar10Test(folder);
    assertThat(data.shape()).isEqualTo(new ImageShape(32, 32, 3));
    assertThat(data.label(0)).isEqualTo(3);
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 32; column++) {
        for (int channel = 0; channel < 3; channel++) {
          assertThat(data.pixel(0, row, column, channel))
              .isEqualTo(Byte.toUnsignedInt(value(7, channel * PLANE + row * 32 + column)));
        }
      }
    }
  }

  @Test
  void trainingFilesOfAnyLengthAreJoinedByNumber() throws IOException {
    write("data_batch_10.bin", record(9, 0));
    write("data_batch_2.bin", record(4, 0), record(5, 0));
    write("data_batch_1.bin", record(1, 0), record(2, 0), record(3, 0));
    write("test_batch.bin", record(7, 0));
    ImageDataset data = Cifar.cifar10Train(folder);
    assertThat(labels(data)).containsExactly(1, 2, 3, 4, 5, 9);
  }

  @Test
  void classNamesComeFromTheirFile() throws IOException {
    write("test_batch.bin", record(0, 0));
    assertThat(Cifar.cifar10Test(folder).classNames()).hasSize(10).startsWith("0", "1");
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    assertThat(Cifar.cifar10Test(folder).classNames()).startsWith("a", "b").endsWith("j");
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\n");
    assertThatThrownBy(() -> Cifar.cifar10Test(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("batches.meta.txt: expected 10 class names")
        .hasMessageContaining("found 2 names");
  }

  @Test
  void cifar100UsesTheFineLabel() throws IOException {
    byte[] record = new byte[3074];
    record[0] = 19;
    record[1] = 99;
    record[2] = 5;
    write("train.bin", record);
    write("test.bin", record, record);
    assertThat(Cifar.cifar100Train(folder).label(0)).isEqualTo(99);
    assertThat(Cifar.cifar100Train(folder).pixel(0, 0, 0, 0)).isEqualTo(5);
    assertThat(Cifar.cifar100Test(folder).size()).isEqualTo(2);
    assertThat(Cifar.cifar100Test(folder).classCount()).isEqualTo(100);
  }

  @Test
  void aMissingFolderIsNamed() {
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> Cifar.cifar10Train(absent))
        .isInstanceOf(DataException.class)
        .hasMessage(
            absent
                + ": expected a folder with CIFAR-10 in binary form, found no such folder;"
                + " give the folder unpacked from cifar-10-binary.tar.gz");
  }

  @Test
  void aFileInPlaceOfTheFolderIsNamed() throws IOException {
    write("test.bin", new byte[3074]);
    assertThatThrownBy(() -> Cifar.cifar100Test(folder.resolve("test.bin")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found a file");
  }

  @Test
  void anEmptyFolderIsNamed() {
    assertThatThrownBy(() -> Cifar.cifar10Train(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder + ": expected data_batch_*.bin, found an empty folder");
  }

  @Test
  void aFolderWithoutBatchesIsNamed() throws IOException {
    Files.writeString(folder.resolve("readme.html"), "nothing here");
    assertThatThrownBy(() -> Cifar.cifar100Train(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected train.bin, found no such file")
        .hasMessageContaining("cifar-100-binary.tar.gz");
  }

  @Test
  void aTruncatedFileIsNamedWithItsSize() throws IOException {
    write("data_batch_1.bin", record(1, 0));
    write("data_batch_2.bin", record(1, 0), new byte[100]);
    assertThatThrownBy(() -> Cifar.cifar10Train(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("data_batch_2.bin: expected a positive multiple of 3073 bytes")
        .hasMessageContaining("found 3173 bytes")
        .hasMessageContaining("unpack it again");
    write("data_batch_2.bin");
    assertThatThrownBy(() -> Cifar.cifar10Train(folder)).hasMessageContaining("found 0 bytes");
  }

  @Test
  void aLabelOutOfRangeIsNamedWithItsRecord() throws IOException {
    write("test_batch.bin", record(1, 0), record(200, 0));
    assertThatThrownBy(() -> Cifar.cifar10Test(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "test_batch.bin: expected labels 0 to 9, found label 200 in record 1");
  }

  @Test
  @Tag("data")
  void realCifar10IsComplete() {
    Path real = RealData.folder("cifar-10-batches-bin");
    for (ImageDataset data :
        new ImageDataset[] {Cifar.cifar10Train(real), Cifar.cifar10Test(real)}) {
      assertThat(data.size()).isEqualTo(10_000);
      assertThat(data.classNames()).startsWith("airplane", "automobile").endsWith("truck");
      assertThat(imagesPerClass(data)).hasSize(10).containsOnly(1000);
    }
  }

  @Test
  @Tag("data")
  void realCifar100IsComplete() {
    Path real = RealData.folder("cifar-100-binary");
    assertThat(Cifar.cifar100Train(real).size()).isEqualTo(5000);
    assertThat(imagesPerClass(Cifar.cifar100Train(real))).hasSize(100).containsOnly(50);
    assertThat(Cifar.cifar100Test(real).size()).isEqualTo(1000);
    assertThat(imagesPerClass(Cifar.cifar100Test(real))).hasSize(100).containsOnly(10);
    assertThat(Cifar.cifar100Test(real).classNames()).startsWith("apple");
  }

  private void write(String name, byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    Files.write(folder.resolve(name), bytes.toByteArray());
  }

  private static byte[] record(int label, int salt) {
    byte[] bytes = new byte[1 + 3 * PLANE];
    bytes[0] = (byte) label;
    for (int k = 0; k < 3 * PLANE; k++) {
      bytes[1 + k] = value(salt, k);
    }
    return bytes;
  }

  private static byte value(int salt, int k) {
    return (byte) (salt + k * 31 + k / 256);
  }

  private static Integer[] labels(ImageDataset data) {
    Integer[] labels = new Integer[data.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = data.label(i);
    }
    return labels;
  }

  private static Integer[] imagesPerClass(ImageDataset data) {
    Integer[] counts = Collections.nCopies(data.classCount(), 0).toArray(Integer[]::new);
    for (int i = 0; i < data.size(); i++) {
      counts[data.label(i)]++;
    }
    return counts;
  }
}
