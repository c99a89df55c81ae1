package io.github.tfkfac.detection.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.data.CategoryIndex;
import io.github.tfkfac.models.data.RgbImage;
import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionPainterTest {

  private static final CategoryIndex CATEGORIES =
      new CategoryIndex(List.of(new CocoCategory(3, "cat"), new CocoCategory(8, "dog")));
  private static final RgbImage BLACK = RgbImage.of(60, 80, new byte[60 * 80 * 3]);
  private static final int FACTOR = 8;

  @TempDir Path folder;

  @Test
  void anImageWithoutMarkingsIsEnlargedAlone() {
    BufferedImage picture = new DetectionPainter().paint(BLACK, List.of());
    assertThat(picture.getWidth()).isEqualTo(80 * FACTOR);
    assertThat(picture.getHeight()).isEqualTo(60 * FACTOR);
    assertThat(colorsIn(picture)).containsExactly(Color.BLACK.getRGB());
  }

  @Test
  void largeImagesKeepTheirSize() {
    RgbImage large = RgbImage.of(500, 700, new byte[500 * 700 * 3]);
    assertThat(new DetectionPainter().paint(large, List.of()).getWidth()).isEqualTo(700);
  }

  @Test
  void drawsTheEdgesOfTheBoxInTheColorOfTheCategory() {
    BufferedImage picture =
        new DetectionPainter()
            .paint(BLACK, List.of(new Marking(new Box(20, 30, 50, 50), 8, "", Optional.empty())));
    int color = CategoryColors.of(8).getRGB();
    assertThat(picture.getRGB(20 * FACTOR, 40 * FACTOR)).isEqualTo(color);
    assertThat(picture.getRGB(50 * FACTOR, 40 * FACTOR)).isEqualTo(color);
    assertThat(picture.getRGB(35 * FACTOR, 50 * FACTOR)).isEqualTo(color);
    assertThat(picture.getRGB(35 * FACTOR, 40 * FACTOR)).isEqualTo(Color.BLACK.getRGB());
    assertThat(picture.getRGB(60 * FACTOR, 40 * FACTOR)).isEqualTo(Color.BLACK.getRGB());
  }

  @Test
  void masksTintTheirPixelsAlone() {
    byte[] bitmap = new byte[60 * 80];
    bitmap[40 * 80 + 35] = 1;
    RunLengths mask = RunLengths.ofBitmap(bitmap, 60, 80);
    BufferedImage picture =
        new DetectionPainter()
            .paint(BLACK, List.of(new Marking(new Box(20, 30, 50, 50), 8, "", Optional.of(mask))));
    Color full = CategoryColors.of(8);
    Color tinted = new Color(picture.getRGB(35 * FACTOR + 4, 40 * FACTOR + 4));
    assertThat(tinted.getRed()).isBetween(full.getRed() / 4, full.getRed() * 3 / 4);
    assertThat(picture.getRGB(36 * FACTOR + 1, 40 * FACTOR + 4)).isEqualTo(Color.BLACK.getRGB());
    assertThat(picture.getRGB(35 * FACTOR + 4, 39 * FACTOR + 4)).isEqualTo(Color.BLACK.getRGB());
  }

  @Test
  void boxesAcrossTheEdgeAndEmptyOnesDoNoHarm() {
    List<Marking> odd =
        List.of(
            new Marking(new Box(-20, -10, 200, 300), 3, "cat", Optional.empty()),
            new Marking(new Box(5, 5, 5, 5), 3, "cat", Optional.empty()));
    assertThat(colorsIn(new DetectionPainter().paint(BLACK, odd)).size()).isGreaterThan(1);
  }

  @Test
  void colorsOfTheFirstHundredCategoriesDiffer() {
    Set<Integer> colors = new HashSet<>();
    for (long id = 0; id <= 100; id++) {
      colors.add(CategoryColors.of(id).getRGB());
    }
    assertThat(colors).hasSize(101);
    assertThat(CategoryColors.textOn(Color.YELLOW)).isEqualTo(Color.BLACK);
    assertThat(CategoryColors.textOn(Color.BLUE)).isEqualTo(Color.WHITE);
  }

  @Test
  void labelsStayInsideAndApart() {
    LabelPlaces places = new LabelPlaces(100, 80);
    Rectangle first = places.place(new Rectangle(90, 30, 30, 30), 40, 10);
    Rectangle second = places.place(new Rectangle(88, 30, 30, 30), 40, 10);
    assertThat(first).isEqualTo(new Rectangle(60, 20, 40, 10));
    assertThat(second).isEqualTo(new Rectangle(60, 30, 40, 10));
    assertThat(places.place(new Rectangle(0, 3, 30, 30), 40, 10))
        .isEqualTo(new Rectangle(0, 3, 40, 10));
  }

  @Test
  void detectionsAreFilteredAndTheBestIsDrawnLast() {
    List<Marking> markings =
        Marking.detected(
            List.of(
                new Detection(1, 8, new Box(0, 0, 1, 1), 0.9, Optional.empty()),
                new Detection(1, 3, new Box(0, 0, 1, 1), 0.04, Optional.empty()),
                new Detection(1, 3, new Box(0, 0, 1, 1), 0.5, Optional.empty())),
            CATEGORIES,
            0.05);
    assertThat(markings).extracting(Marking::text).containsExactly("cat 0.50", "dog 0.90");
  }

  @Test
  void groupsAreMarkedInTheGroundTruth() {
    Annotation crowd = new Annotation(1, 1, 3, new Box(0, 0, 9, 9), 81, true, Optional.empty());
    CocoImage image = new CocoImage(1, "1.png", 80, 60, OptionalInt.empty());
    assertThat(Marking.annotated(List.of(crowd), image, CATEGORIES))
        .extracting(Marking::text)
        .containsExactly("cat (group)");
  }

  @Test
  void writesTruthAndPredictionSideBySide() throws IOException {
    List<Marking> truth = List.of(new Marking(new Box(20, 30, 50, 50), 8, "", Optional.empty()));
    BufferedImage picture = new DetectionPainter().sideBySide(BLACK, truth, List.of());
    int width = 80 * FACTOR;
    assertThat(picture.getWidth()).isBetween(2 * width, 2 * width + 20);
    int color = CategoryColors.of(8).getRGB();
    assertThat(colorsIn(picture.getSubimage(0, 0, width, picture.getHeight()))).contains(color);
    assertThat(
            colorsIn(
                picture.getSubimage(picture.getWidth() - width, 0, width, picture.getHeight())))
        .doesNotContain(color);

    Path file = folder.resolve("new/folder/picture.png");
    DetectionPainter.writePng(picture, file);
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(picture.getWidth());
  }

  @Test
  void aPictureThatCannotBeWrittenIsNamed() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "");
    BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    assertThatThrownBy(() -> DetectionPainter.writePng(picture, blocked.resolve("a.png")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("a.png");
  }

  private static Set<Integer> colorsIn(BufferedImage picture) {
    Set<Integer> colors = new HashSet<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        colors.add(picture.getRGB(x, y));
      }
    }
    return colors;
  }
}
