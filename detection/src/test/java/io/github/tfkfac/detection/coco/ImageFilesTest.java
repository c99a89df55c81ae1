package io.github.tfkfac.detection.coco;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {

  @TempDir Path folder;

  private static List<CocoImage> images(String... names) {
    return Stream.of(names).map(ImageFilesTest::image).toList();
  }

  private static CocoImage image(String name) {
    return new CocoImage(1, name, 4, 3, OptionalInt.empty());
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sub/my photo+1.jpg",
        "sub\\my photo+1.jpg",
        "sub/my%20photo+1.jpg",
        "sub%5Cmy%20photo%2B1.jpg",
        "images/sub/my photo+1.jpg",
        "images\\sub\\my photo+1.jpg",
        "C:\\data\\sub\\my photo+1.jpg",
        "/moved/away/sub/my photo+1.jpg",
        "https://example.org/a/sub/my%20photo+1.jpg",
        "/data/local-files/?d=any/sub/my%20photo%2B1.jpg",
        "/data/local-files/?d=any%2Fsub%2Fmy%20photo+1.jpg&x=2"
      })
  void theFileIsFoundAsExportersNameIt(String name) throws IOException {
    Path file = file("sub/my photo+1.jpg");

    assertThat(new ImageFiles(folder, images(name, "other.jpg")).of(image(name))).isEqualTo(file);
    assertThat(ImageFiles.lastName(name)).isEqualTo("my photo+1.jpg");
  }

  @Test
  void aNameThatIsThereIsTakenAsItIs() throws IOException {
    Path escaped = file("a%20b.jpg");
    file("a b.jpg");

    assertThat(new ImageFiles(folder, images("a%20b.jpg")).of(image("a%20b.jpg")))
        .isEqualTo(escaped);
  }

  @Test
  void twoImagesNeverShareAFile() throws IOException {
    file("1.jpg");
    ImageFiles files = new ImageFiles(folder, images("left/1.jpg", "right/1.jpg"));

    assertThat(files.of(image("left/1.jpg"))).isEqualTo(folder.resolve("left/1.jpg"));
    assertThat(files.of(image("right/1.jpg"))).doesNotExist();
    ImageFiles elsewhere = new ImageFiles(folder, images("/left/1.jpg", "/right/1.jpg"));
    assertThat(elsewhere.of(image("/left/1.jpg")))
        .doesNotExist()
        .hasFileName("1.jpg (several images have this last name)");
  }

  @Test
  void aFileThatIsNotThereIsNamedAsStated() {
    assertThat(new ImageFiles(folder, images("x/1.jpg")).of(image("x/1.jpg")))
        .isEqualTo(folder.resolve("x/1.jpg"));
    assertThat(new ImageFiles(folder, images("100%")).of(image("100%")))
        .isEqualTo(folder.resolve("100%"));
  }

  @Test
  void noNameLeadsOutOfTheFolder() throws IOException {
    Path outside = Files.createFile(folder.resolve("secret.jpg"));
    Path images = Files.createDirectories(folder.resolve("images"));
    Files.createSymbolicLink(images.resolve("link.jpg"), outside);
    Files.createSymbolicLink(images.resolve("own.jpg"), file("images/there.jpg"));
    for (String name :
        List.of(
            "../secret.jpg",
            "x/../../secret.jpg",
            outside.toString(),
            "%2e%2e/secret.jpg",
            "..",
            "x/..")) {
      Path found = new ImageFiles(images, images(name)).of(image(name));
      assertThat(found.normalize()).startsWithRaw(images);
      assertThat(found).as(name).doesNotExist();
    }
    for (String name : List.of("link.jpg", "../../link.jpg", "/away/link.jpg")) {
      assertThat(new ImageFiles(images, images(name)).of(image(name)))
          .as(name)
          .doesNotExist()
          .hasFileName("link.jpg (a link that leads out of the folder)");
    }
    assertThat(new ImageFiles(images, images("own.jpg")).of(image("own.jpg"))).exists();
  }
}
