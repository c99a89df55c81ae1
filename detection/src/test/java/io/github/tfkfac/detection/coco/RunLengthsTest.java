package io.github.tfkfac.detection.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunLengthsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 1 4 1 4 4 1 4 | 935000o0 | 9",
        ".4 .4 3.6 .4 3.6 3.6 .4 3.6 | 04400000P1 | 16",
        ".5 .5 3.5 .5 3.5 3.5 .5 3.5 | 935000o0 | 9",
        "-2 -2 3 -2 3 3 -2 3 | 035000X1 | 9",
        "2 2 2.1 2.1 2.2 2 | P2 | 0",
        "0 0 10 0 10 10 | 8171O1O1O1O1O1O | 28",
        "6 1 9 8 2 9 | n0242N2002N | 22",
        "2 2 2 2 6 2 6 6 2 6 | b04400000> | 16",
      })
  void polygonsAreRasterisedAsByTheReference(String numbers, String code, int area) {
    double[] polygon =
        java.util.Arrays.stream(numbers.trim().split(" "))
            .mapToDouble(Double::parseDouble)
            .toArray();
    RunLengths mask = RunLengths.ofPolygons(List.of(polygon), 8, 8);

    assertThat(mask.encode()).isEqualTo(code);
    assertThat(mask.area()).isEqualTo(area);
  }

  @Test
  void emptyAndFullMasksHaveTheReferencesCode() {
    assertThat(RunLengths.empty(4, 4).encode()).isEqualTo("`0");
    assertThat(new RunLengths(4, 4, new int[] {0, 16}).encode()).isEqualTo("0`0");
  }

  @Test
  void codeGivesTheMaskAgain() {
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      RunLengths mask = random(random, 1 + random.nextInt(40), 1 + random.nextInt(40));
      assertThat(RunLengths.decode(mask.encode(), mask.height(), mask.width())).isEqualTo(mask);
    }
  }

  @Test
  void longRunsSurviveTheCode() {
    RunLengths mask = new RunLengths(20_000, 20_000, new int[] {1, 399_999_000, 2, 1, 996});
    assertThat(RunLengths.decode(mask.encode(), 20_000, 20_000)).isEqualTo(mask);
  }

  @Test
  void bitmapGivesTheMaskAgain() {
    byte[] bitmap = {0, 1, 0, 1, 1, 0};
    RunLengths mask = RunLengths.ofBitmap(bitmap, 2, 3);

    assertThat(mask.counts()).containsExactly(1, 3, 2);
    assertThat(mask.bitmap()).isEqualTo(bitmap);
  }

  @Test
  void operationsAgreeWithThoseOnBitmaps() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(9);
      RunLengths first = random(random, height, width);
      RunLengths second = random(random, height, width);
      byte[] a = first.bitmap();
      byte[] b = second.bitmap();
      byte[] either = new byte[a.length];
      byte[] both = new byte[a.length];
      byte[] mirrored = new byte[a.length];
      int shared = 0;
      int covered = 0;
      for (int at = 0; at < a.length; at++) {
        either[at] = (byte) (a[at] | b[at]);
        both[at] = (byte) (a[at] & b[at]);
        mirrored[at / width * width + width - 1 - at % width] = a[at];
        shared += both[at];
        covered += either[at];
      }
      assertThat(first.union(second)).as("seed " + seed).isEqualTo(mask(either, height, width));
      assertThat(first.intersection(second)).isEqualTo(mask(both, height, width));
      assertThat(first.mirrored()).isEqualTo(mask(mirrored, height, width));
      assertThat(first.intersectionOverUnion(second))
          .isEqualTo(shared == 0 ? 0 : (double) shared / covered);
      assertThat(first.intersectionOverSelf(second))
          .isEqualTo(shared == 0 ? 0 : (double) shared / first.area());
      assertThat(first.tightBox()).isEqualTo(tightBox(a, width));
    }
  }

  private static RunLengths mask(byte[] bitmap, int height, int width) {
    return RunLengths.ofBitmap(bitmap, height, width);
  }

  private static CocoBox tightBox(byte[] bitmap, int width) {
    int left = Integer.MAX_VALUE;
    int top = Integer.MAX_VALUE;
    int right = -1;
    int bottom = -1;
    for (int at = 0; at < bitmap.length; at++) {
      if (bitmap[at] != 0) {
        left = Math.min(left, at % width);
        right = Math.max(right, at % width);
        top = Math.min(top, at / width);
        bottom = Math.max(bottom, at / width);
      }
    }
    return right < 0
        ? new CocoBox(0, 0, 0, 0)
        : new CocoBox(left, top, right - left + 1, bottom - top + 1);
  }

  private static RunLengths random(Random random, int height, int width) {
    byte[] bitmap = new byte[height * width];
    int density = random.nextInt(4);
    for (int at = 0; at < bitmap.length; at++) {
      bitmap[at] = (byte) (random.nextInt(4) < density ? 1 : 0);
    }
    return mask(bitmap, height, width);
  }

  @Test
  void runsOfLengthZeroChangeNothing() {
    RunLengths plain = new RunLengths(3, 3, new int[] {2, 3, 4});
    RunLengths split = new RunLengths(3, 3, new int[] {0, 0, 2, 1, 0, 2, 4, 0});

    assertThat(split.area()).isEqualTo(3);
    assertThat(split.bitmap()).isEqualTo(plain.bitmap());
    assertThat(split.tightBox()).isEqualTo(plain.tightBox());
    assertThat(split.union(plain)).isEqualTo(plain);
    assertThat(split.intersectionOverUnion(plain)).isEqualTo(1);
    assertThat(RunLengths.decode(split.encode(), 3, 3)).isEqualTo(split);
  }

  @Test
  void sumMustBeTheNumberOfPixels() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RunLengths(3, 4, new int[] {2, 3, 4}))
        .withMessage("run lengths sum to 9, expected width times height, 4x3 = 12");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RunLengths(3, 3, new int[] {12, -3}))
        .withMessage("run length -3 is negative");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q", "9\u00e4", "oooooooooooooo", "4O2N2"})
  void malformedCodeIsRejected(String code) {
    assertThatIllegalArgumentException().isThrownBy(() -> RunLengths.decode(code, 3, 3));
  }

  @Test
  void masksOfDifferentSizesAreNotCompared() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunLengths.empty(3, 4).intersectionOverUnion(RunLengths.empty(4, 3)))
        .withMessage("masks of different sizes: 4x3 and 3x4");
  }

  @Test
  void mirroredPolygonCoversTheMirroredPixels() {
    Segmentation outline =
        new Segmentation.Polygons(List.of(new double[] {1, 1, 5, 1, 5, 3, 1, 3}));
    assertThat(outline.mirrored(9).mask(4, 9)).isEqualTo(outline.mask(4, 9).mirrored());
  }

  /** Edges along the axes have the same pixels however far beside the image they end. */
  @Test
  void cornersFarBesideTheImageTakeNoTime() {
    double far = 4e8;
    for (double left : new double[] {2, 2.3}) {
      double[] wide = {-far, 1, far, 1, far, 3.5, -far, 3.5};
      double[] wideNear = {-20, 1, 28, 1, 28, 3.5, -20, 3.5};
      double[] high = {left, -far, 5, -far, 5, far, left, far};
      double[] highNear = {left, -30, 5, -30, 5, 40, left, 40};
      assertThat(RunLengths.ofPolygons(List.of(wide), 6, 8))
          .isEqualTo(RunLengths.ofPolygons(List.of(wideNear), 6, 8));
      assertThat(RunLengths.ofPolygons(List.of(high), 6, 8))
          .isEqualTo(RunLengths.ofPolygons(List.of(highNear), 6, 8));
      assertThat(RunLengths.ofPolygons(List.of(high), 6, 8).area()).isPositive();
    }
  }

  /** More changes than are kept before those that cancel each other are left out. */
  @Test
  void aPolygonThatCrossesTheImageAgainAndAgain() {
    int crossings = 1201;
    double[] often = new double[4 * crossings + 4];
    for (int at = 0; at < crossings; at++) {
      often[4 * at] = -3;
      often[4 * at + 1] = 2;
      often[4 * at + 2] = 303;
      often[4 * at + 3] = 2;
    }
    often[4 * crossings] = 303;
    often[4 * crossings + 1] = 4;
    often[4 * crossings + 2] = -3;
    often[4 * crossings + 3] = 4;
    double[] once = {-3, 2, 303, 2, 303, 4, -3, 4};
    assertThat(RunLengths.ofPolygons(List.of(often), 6, 300))
        .isEqualTo(RunLengths.ofPolygons(List.of(once), 6, 300));
  }
}
