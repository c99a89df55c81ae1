package io.github.tfkfac.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.data.RealData;
import io.github.tfkfac.models.weights.NpzFile.ElementType;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzFileTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryHeaderVersion(int version) throws IOException {
    Path file = archive(npy(version, "<f8", "False", "(2,)", doubles(1.5, -2)), ZipEntry.DEFLATED);
    NpyArray array = NpzFile.read(file).get("a");
    assertThat(array.shape()).containsExactly(2);
    assertThat(array.asFloat64()).containsExactly(1.5, -2);
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsStoredAndDeflatedEntries(int method) throws IOException {
    Path file = archive(npy(1, "<f8", "False", "(1, 2)", doubles(0.25, 4)), method);
    assertThat(NpzFile.read(file).get("a").asFloat64()).containsExactly(0.25, 4);
  }

  @Test
  void readsEveryElementType() throws IOException {
    byte[] f4 = little(8, buffer -> buffer.putFloat(0.1f).putFloat(-3));
    NpyArray float32 = only(npy(1, "<f4", "False", "(2,)", f4));
    assertThat(float32.type()).isEqualTo(ElementType.FLOAT32);
    assertThat(float32.asFloat32()).containsExactly(0.1f, -3);
    assertThat(float32.asFloat64()).containsExactly(0.1f, -3);

    NpyArray int32 =
        only(npy(1, "<i4", "False", "(2,)", little(8, buffer -> buffer.putInt(7).putInt(-8))));
    assertThat(int32.asFloat64()).containsExactly(7, -8);
    assertThat(int32.asInt64()).containsExactly(7, -8);

    NpyArray uint8 = only(npy(1, "|u1", "False", "(3,)", new byte[] {0, 127, (byte) 255}));
    assertThat(uint8.asFloat64()).containsExactly(0, 127, 255);
    assertThat(uint8.asInt64()).containsExactly(0, 127, 255);

    long large = (1L << 53) + 1;
    NpyArray int64 =
        only(npy(1, "<i8", "False", "(1,)", little(8, buffer -> buffer.putLong(large))));
    assertThat(int64.asInt64()).containsExactly(large);

    ByteBuffer big = ByteBuffer.allocate(8).putDouble(12.5);
    assertThat(only(npy(1, ">f8", "False", "(1,)", big.array())).asFloat64()).containsExactly(12.5);
  }

  @Test
  void arraysAreMadeFromValues() {
    NpyArray array = NpyArray.of(List.of(2, 1), new float[] {0.1f, -3});
    assertThat(array.shape()).containsExactly(2, 1);
    assertThat(array.asFloat32()).containsExactly(0.1f, -3);
    assertThatThrownBy(() -> NpyArray.of(List.of(3), new float[2]))
        .hasMessageContaining("[3], found 2");
  }

  @Test
  void floatingPointIsNotReadAsIntegers() throws IOException {
    NpyArray array = only(npy(1, "<f8", "False", "(1,)", doubles(1)));
    assertThatThrownBy(array::asInt64).hasMessageContaining("use asFloat64");
  }

  @Test
  void scalarsAndEmptyArraysKeepTheirShape() throws IOException {
    NpyArray scalar = only(npy(1, "<f8", "False", "()", doubles(3.5)));
    assertThat(scalar.shape()).isEmpty();
    assertThat(scalar.asFloat64()).containsExactly(3.5);
    NpyArray empty = only(npy(1, "<f8", "False", "(0, 3)", new byte[0]));
    assertThat(empty.shape()).containsExactly(0, 3);
    assertThat(empty.asFloat64()).isEmpty();
  }

  @Test
  void columnMajorArraysAreReordered() throws IOException {
    int[] sizes = {2, 3, 4};
    double[] stored = new double[24];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          stored[i + 2 * (j + 3 * k)] = 100 * i + 10 * j + k;
        }
      }
    }
    double[] found = only(npy(1, "<f8", "True", "(2, 3, 4)", doubles(stored))).asFloat64();
    for (int at = 0; at < found.length; at++) {
      int i = at / (sizes[1] * sizes[2]);
      int j = at / sizes[2] % sizes[1];
      assertThat(found[at]).isEqualTo(100 * i + 10 * j + at % sizes[2]);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<f2 | False | (1,) | element type f4, f8, u1, i4 or i8, found '<f2'",
        "<f8 | False | (3,) | 24 bytes for shape [3] of type <f8, found 16 bytes",
        "<f8 | False | (99999999999,) | less than 2^31 elements",
        "<f8 | False | (70000, 70000) | less than 2^31 elements",
        "<f8 | Maybe | (2,) | fortran_order",
        "<f8 | False | (x,) | shape",
      })
  void badHeadersAreNamed(String type, String order, String shape, String message)
      throws IOException {
    Path file = archive(npy(1, type, order, shape, doubles(1, 2)), ZipEntry.STORED);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file + ", array a")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 7, 9, 20})
  void arraysCutInTheHeaderAreRejected(int length) throws IOException {
    byte[] whole = npy(1, "<f8", "False", "(2,)", doubles(1, 2));
    Path file = archive(Arrays.copyOf(whole, length), ZipEntry.STORED);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("array a");
  }

  @Test
  void damagedArchivesAreRejected() throws IOException {
    Path file = archive(npy(1, "<f8", "False", "(2,)", doubles(1, 2)), ZipEntry.STORED);
    byte[] bytes = Files.readAllBytes(file);
    byte[] flipped = bytes.clone();
    int firstDigit = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("'shape'");
    flipped[firstDigit - 20] ^= 1;
    Path wrong = Files.write(folder.resolve("wrong.npz"), flipped);
    assertThatThrownBy(() -> NpzFile.read(wrong)).hasMessageContaining("wrong checksum of a.npy");

    Path cut = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> NpzFile.read(cut))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("expected a complete .npz archive");

    assertThatThrownBy(() -> NpzFile.read(folder.resolve("absent.npz")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("absent.npz");
  }

  @Test
  @Tag("data")
  void readsRealWeights() {
    Path file = RealData.folder("weights").resolve("resnet20.npz");
    Map<String, NpyArray> weights = NpzFile.read(file);
    assertThat(weights.get("conv1.weight").shape()).isEqualTo(List.of(16, 3, 3, 3));
    assertThat(weights.get("linear.weight").shape()).isEqualTo(List.of(10, 64));
    long trained =
        weights.entrySet().stream()
            .filter(entry -> !entry.getKey().contains("running"))
            .mapToLong(entry -> entry.getValue().size())
            .sum();
    assertThat(trained).isEqualTo(269_722);
  }

  private NpyArray only(byte[] npy) throws IOException {
    return NpzFile.read(archive(npy, ZipEntry.DEFLATED)).get("a");
  }

  private Path archive(byte[] npy, int method) throws IOException {
    Path file = folder.resolve("arrays.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      ZipEntry entry = new ZipEntry("a.npy");
      entry.setMethod(method);
      if (method == ZipEntry.STORED) {
        CRC32 checksum = new CRC32();
        checksum.update(npy);
        entry.setSize(npy.length);
        entry.setCrc(checksum.getValue());
      }
      zip.putNextEntry(entry);
      zip.write(npy);
      zip.closeEntry();
    }
    return file;
  }

  private static byte[] npy(int version, String type, String order, String shape, byte[] values) {
    String header =
        "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    out.writeBytes(
        version == 1
            ? little(2, buffer -> buffer.putShort((short) header.length()))
            : little(4, buffer -> buffer.putInt(header.length())));
    out.writeBytes(header.getBytes(StandardCharsets.UTF_8));
    out.writeBytes(values);
    return out.toByteArray();
  }

  private static byte[] doubles(double... values) {
    return little(
        values.length * Double.BYTES,
        buffer -> {
          for (double value : values) {
            buffer.putDouble(value);
          }
        });
  }

  private static byte[] little(int length, Consumer<ByteBuffer> write) {
    byte[] bytes = new byte[length];
    write.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }
}
