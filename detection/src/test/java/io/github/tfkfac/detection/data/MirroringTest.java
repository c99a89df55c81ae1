package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.models.data.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirroringTest {

  private static final int HEIGHT = 40;
  private static final int WIDTH = 52;
  private static final double INTERPOLATION_TOLERANCE = 2e-5;

  @TempDir Path folder;

  @Test
  void mirroringAnImageTwiceGivesItBack() {
    byte[] pixels = new byte[5 * 4 * 3];
    new SplittableRandom(1).nextBytes(pixels);
    RgbImage image = RgbImage.of(4, 5, pixels);
    assertThat(image.mirrored().pixels()).isNotEqualTo(pixels);
    assertThat(image.mirrored().mirrored().pixels()).isEqualTo(pixels);
    assertThat(image.mirrored().pixels()).startsWith(pixels[12], pixels[13], pixels[14]);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void mirroredOutlinesCoverMirroredPixelsUpToOneColumn(long seed) {
    Segmentation outline = outline(seed);
    byte[] expected = outline.mask(HEIGHT, WIDTH).mirrored().bitmap();
    byte[] found = outline.mirrored(WIDTH).mask(HEIGHT, WIDTH).bitmap();
    for (int at = 0; at < expected.length; at++) {
      if (expected[at] != found[at]) {
        int column = at % WIDTH;
        boolean besideAnEdge =
            (column > 0 && expected[at - 1] == found[at])
                || (column < WIDTH - 1 && expected[at + 1] == found[at])
                || column == 0
                || column == WIDTH - 1;
        assertThat(besideAnEdge).as("seed %d, pixel %d, %d", seed, column, at / WIDTH).isTrue();
      }
    }
  }

  @Test
  void mirroringAMaskTwiceGivesItBack() {
    RunLengths mask = outline(7).mask(HEIGHT, WIDTH);
    assertThat(mask.mirrored().mirrored()).isEqualTo(mask);
    assertThat(mask.mirrored()).isNotEqualTo(mask);
  }

  @Test
  void aMirroredSampleIsTheMirrorImageOfTheSample() throws IOException {
    RunLengths mask = outline(3).mask(HEIGHT, WIDTH);
    DetectionDataset data =
        new SmallData(folder)
            .image(4, WIDTH, HEIGHT)
            .annotation(5, new Box(3, 4, 20.5, 30), false, Optional.of(new Segmentation.Mask(mask)))
            .data();
    Preparation plain =
        Preparation.of(SmallData.rounded(2 * HEIGHT, 2 * WIDTH)).withMasks(Masks.BITMAPS);
    DetectionSample sample = new SamplePreparer(data, plain).prepare(0, 0);
    DetectionSample mirrored =
        new SamplePreparer(data, plain.withMirror(new RandomMirror(1, 0))).prepare(0, 0);

    assertThat(sample.source().mirrored()).isFalse();
    assertThat(mirrored.source().mirrored()).isTrue();
    assertThat(mirrored.boxes()).containsExactly(sample.boxes().get(0).mirrored(2 * WIDTH));
    assertThat(mirrored.labels()).isEqualTo(sample.labels());
    int row = 2 * WIDTH;
    for (int at = 0; at < sample.pixels().length; at++) {
      int x = at / 3 % row;
      int twin = at + (row - 1 - 2 * x) * 3;
      assertThat((double) mirrored.pixels()[twin])
          .isCloseTo(sample.pixels()[at], within(INTERPOLATION_TOLERANCE));
    }
    byte[] values = sample.masks().get(0).values();
    for (int at = 0; at < values.length; at++) {
      assertThat(mirrored.masks().get(0).values()[at + row - 1 - 2 * (at % row)])
          .isEqualTo(values[at]);
    }
  }

  @Test
  void everySecondImageIsMirroredAndAnotherHalfInTheNextEpoch() {
    RandomMirror mirror = new RandomMirror(0.5, 11);
    int first = 0;
    int changed = 0;
    for (long id = 0; id < 1000; id++) {
      first += mirror.mirrors(0, id) ? 1 : 0;
      changed += mirror.mirrors(0, id) == mirror.mirrors(1, id) ? 0 : 1;
    }
    assertThat(first).isBetween(430, 570);
    assertThat(changed).isBetween(430, 570);
  }

  private static Segmentation outline(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] xy = new double[14];
    for (int k = 0; k < xy.length; k += 2) {
      double angle = k * 2 * Math.PI / xy.length;
      xy[k] = 26 + random.nextDouble(8, 25) * Math.cos(angle);
      xy[k + 1] = 20 + random.nextDouble(6, 19) * Math.sin(angle);
    }
    return new Segmentation.Polygons(List.of(xy));
  }
}
