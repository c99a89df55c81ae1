package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pictures of many kinds as Pillow writes them, with the pixels that Pillow reads; made by {@code
 * picture_kinds.py}.
 */
class PictureKindsTest {
  private static final String RESOURCE = "pillow-12.3-pictures.jsonl.gz";

  @TempDir Path folder;

  private record Picture(String name, JsonNode entry) {
    byte[] bytes(String field) {
      return Base64.getDecoder().decode(entry.get(field).asText());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Picture> all() throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    List<Picture> pictures = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(PictureKindsTest.class.getResourceAsStream(RESOURCE))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode entry = json.readTree(line);
        pictures.add(new Picture(entry.get("name").asText(), entry));
      }
    }
    return pictures;
  }

  static List<Picture> decoded() throws IOException {
    return all().stream().filter(one -> one.entry().has("rgb")).toList();
  }

  private Path file(Picture picture) throws IOException {
    return Files.write(folder.resolve(picture.name()), picture.bytes("file"));
  }

  @ParameterizedTest
  @MethodSource("decoded")
  void pixelsAreThoseOfPillow(Picture picture) throws IOException {
    RgbImage image = RgbImage.read(file(picture));

    assertThat(image.shape())
        .isEqualTo(
            new ImageShape(
                picture.entry().get("height").asInt(), picture.entry().get("width").asInt(), 3));
    assertThat(image.pixels()).isEqualTo(picture.bytes("rgb"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          webp.jpg        | a WebP image, which Java does not read
          empty.jpg       | an empty file
          half.jpg        | a JPEG file that ends within its image
          header.jpg      | a JPEG file that ends within its image
          without-end.jpg | a JPEG file that ends within its image
          half.png        | a PNG file that ends within its image
          damaged.png     | a PNG file with an image that cannot be decoded
          page.jpg        | a web page
          """)
  void whatCannotBeDecodedIsToldByItsContent(String name, String found) throws IOException {
    Picture picture =
        all().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    Path file = file(picture);

    assertThatThrownBy(() -> RgbImage.read(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ": expected a JPEG or PNG image, found "
                + found
                + "; replace the file or remove it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version https://git-lfs.github.com/spec/v1 | the pointer of Git LFS to a file
          xxxxftypheic                               | a HEIF or AVIF image
          GIF89a                                     | a GIF file with an image that cannot be decoded
          BM                                         | a BMP file with an image that cannot be decoded
          some text                                  | another format
          """)
  void otherContentIsNamed(String content, String found) throws IOException {
    Path file = Files.writeString(folder.resolve("photo.jpg"), content);

    assertThatThrownBy(() -> RgbImage.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found " + found)
        .hasMessageNotContaining("java");
  }

  @ParameterizedTest
  @ValueSource(ints = {DataBuffer.TYPE_INT, DataBuffer.TYPE_FLOAT})
  void samplesOfThirtyTwoBitsAreRejected(int type) throws IOException {
    Path file = folder.resolve("deep.tif");
    BufferedImage image =
        ImageTypeSpecifier.createBanded(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                new int[] {0},
                new int[] {0},
                type,
                false,
                false)
            .createBufferedImage(4, 2);
    assertThat(ImageIO.write(image, "tif", file.toFile())).isTrue();

    assertThatThrownBy(() -> RgbImage.read(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ": expected a JPEG or PNG image with samples of 8 or 16 bits, found samples of 32"
                + " bits; convert the file");
    assertThatThrownBy(() -> RgbImage.of(image)).hasMessageContaining("at most 16 bits, found 32");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> RgbImage.read(folder.resolve("none.jpg")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.jpg: expected a JPEG or PNG image, found no such file");
  }
}
