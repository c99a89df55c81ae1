package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomResizedCropFlipTest {

  private static final int HEIGHT = 60;
  private static final int WIDTH = 100;
  private static final int DRAWS = 4000;

  @Test
  void areasAndShapesHaveTheirRanges() {
    List<Region> regions = regions(new RandomResizedCropFlip(0.2), HEIGHT, WIDTH);
    assertThat(regions)
        .allSatisfy(
            region -> {
              assertThat(region.height() * region.width() / (HEIGHT * WIDTH)).isBetween(0.199, 1.0);
              assertThat(region.width() / region.height()).isBetween(0.749, 1.334);
            });
    assertThat(regions.stream().mapToDouble(Region::top).min().orElseThrow()).isLessThan(1);
    assertThat(regions.stream().mapToDouble(r -> r.left() + r.width()).max().orElseThrow())
        .isGreaterThan(WIDTH - 1);
  }

  @Test
  void wideAndTallPartsOfASquareImageAreEquallyLikely() {
    List<Region> regions = regions(RandomResizedCropFlip.imageNet(), WIDTH, WIDTH);
    double logShape =
        regions.stream().mapToDouble(r -> Math.log(r.width() / r.height())).average().orElseThrow();
    assertThat(logShape).isCloseTo(0, within(0.02));
  }

  @Test
  void anImageTooLongForAnyPartIsCutInTheMiddle() {
    assertThat(regions(new RandomResizedCropFlip(1), 30, 300))
        .allMatch(region -> region.equals(new Region(0, 130, 30, 40)));
  }

  @Test
  void halfOfTheImagesAreMirrored() {
    ImageShape shape = new ImageShape(1, 2, 1);
    float[] target = new float[2];
    SplittableRandom random = new SplittableRandom(72);
    int mirrored = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      RandomResizedCropFlip.imageNet().apply(new float[] {1, 2}, shape, random, target, 0);
      assertThat(target).containsExactlyInAnyOrder(1, 2);
      mirrored += target[0] == 2 ? 1 : 0;
    }
    assertThat(mirrored).isBetween(DRAWS * 45 / 100, DRAWS * 55 / 100);
  }

  @Test
  void imagesInMemoryAreCutToo() {
    byte[] ramp = new byte[64];
    for (int k = 0; k < ramp.length; k++) {
      ramp[k] = (byte) (3 * (k % 8));
    }
    ImageDataset data =
        ImageDataset.of("ramp", new ImageShape(8, 8, 1), List.of("a"), ramp, new int[1]);
    byte[] view = RandomResizedCropFlip.imageNet().view(data, 0, new SplittableRandom(73));
    assertThat(view).hasSize(64).isNotEqualTo(ramp);
    assertThat(view[7] - view[0]).isPositive().isLessThan(21);
  }

  @Test
  void impossibleAreasAreRejected() {
    for (double area : new double[] {0, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new RandomResizedCropFlip(area))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("found " + area);
    }
  }

  private static List<Region> regions(RandomResizedCropFlip augmentation, int height, int width) {
    SplittableRandom random = new SplittableRandom(74);
    List<Region> regions = new ArrayList<>();
    for (int draw = 0; draw < DRAWS; draw++) {
      Region region = augmentation.region(height, width, random);
      region.requireInside(new ImageShape(height, width, 3));
      regions.add(region);
    }
    return regions;
  }
}
