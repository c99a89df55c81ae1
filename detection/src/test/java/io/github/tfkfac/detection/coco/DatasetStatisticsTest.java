package io.github.tfkfac.detection.coco;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.coco.DatasetStatistics.CategoryCount;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class DatasetStatisticsTest {
  private static final CocoCategory CUP = new CocoCategory(1, "cup");
  private static final CocoCategory FORK = new CocoCategory(2, "fork");

  private static Annotation annotation(
      long id, long image, long category, double width, double height, double area, boolean crowd) {
    return new Annotation(
        id,
        image,
        category,
        new CocoBox(0, 0, width, height),
        area,
        crowd,
        crowd ? Optional.of(new Segmentation.Mask(RunLengths.empty(50, 100))) : Optional.empty());
  }

  @Test
  void everythingIsCounted() {
    CocoDataset dataset =
        new CocoDataset(
            List.of(
                new CocoImage(1, "a.jpg", 100, 50, OptionalInt.empty()),
                new CocoImage(2, "b.jpg", 200, 50, OptionalInt.empty()),
                new CocoImage(3, "c.jpg", 300, 60, OptionalInt.empty())),
            List.of(CUP, FORK),
            List.of(
                annotation(1, 1, 1, 10, 20, 1024, false),
                annotation(2, 1, 1, 10, 10, 1025, false),
                annotation(3, 1, 1, 40, 10, 9216, false),
                annotation(4, 2, 1, 0, 10, 9217, false),
                annotation(5, 2, 2, 5, 20, 2, true)));

    DatasetStatistics found = DatasetStatistics.of(dataset);
    assertThat(found.images()).isEqualTo(3);
    assertThat(found.emptyImages()).isEqualTo(1);
    assertThat(found.annotations()).isEqualTo(5);
    assertThat(found.crowds()).isEqualTo(1);
    assertThat(found.withSegmentation()).isEqualTo(1);
    assertThat(List.of(found.small(), found.medium(), found.large())).containsExactly(1, 2, 1);
    assertThat(found.categories())
        .containsExactly(new CategoryCount(CUP, 4, 0, 2), new CategoryCount(FORK, 0, 1, 1));
    assertThat(found.objectsPerImage()).isEqualTo(Distribution.of(DoubleStream.of(3, 2, 0)));
    assertThat(found.aspectRatios()).isEqualTo(Distribution.of(DoubleStream.of(2, 1, 0.25, 4)));
    assertThat(found.boxSizes().most()).isEqualTo(20);
    assertThat(found.imageWidths().mean()).isEqualTo(200);
    assertThat(found.imageHeights().most()).isEqualTo(60);
  }

  @Test
  void quantilesLieBetweenNeighbors() {
    Distribution found = Distribution.of(DoubleStream.of(4, 0, 2, 8, 6));

    assertThat(found).isEqualTo(new Distribution(5, 0, 0.8, 4, 4, 7.2, 8));
    assertThat(Distribution.of(DoubleStream.empty()).median()).isNaN();
  }
}
