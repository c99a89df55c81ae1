package io.github.tfkfac.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplingTest {

  private static final ImageShape SHAPE = new ImageShape(7, 9, 3);
  private static final byte[] NOISE = noise(SHAPE);
  private static final double ROUNDING = 0.501;

  @Test
  void theWholeInItsOwnSizeIsUnchanged() {
    assertThat(Resampling.resize(NOISE, SHAPE, new Region(0, 0, 7, 9), SHAPE)).isEqualTo(NOISE);
  }

  @Test
  void aWholeNumberedPartInItsOwnSizeIsThatPart() {
    ImageShape part = new ImageShape(3, 2, 3);
    byte[] found = Resampling.resize(NOISE, SHAPE, new Region(4, 5, 3, 2), part);
    for (int row = 0; row < 3; row++) {
      int from = ((4 + row) * 9 + 5) * 3;
      assertThat(Arrays.copyOfRange(found, row * 6, row * 6 + 6))
          .isEqualTo(Arrays.copyOfRange(NOISE, from, from + 6));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 7, 9, 3, 4", "0.3, 1.7, 5.5, 6.1, 2, 3", "1, 2, 3, 3, 11, 12"})
  void everyOutputIsTheWeightedMeanOfTheFormula(
      double top, double left, double height, double width, int outHeight, int outWidth) {
    Region region = new Region(top, left, height, width);
    ImageShape target = new ImageShape(outHeight, outWidth, 3);
    byte[] found = Resampling.resize(NOISE, SHAPE, region, target);
    for (int i = 0; i < found.length; i++) {
      int row = i / 3 / outWidth;
      double y = top + (row + 0.5) * height / outHeight;
      double x = left + (i / 3 % outWidth + 0.5) * width / outWidth;
      double sum = 0;
      double weights = 0;
      for (int k = 0; k < NOISE.length / 3; k++) {
        int sourceRow = k / 9;
        double weight =
            triangle((sourceRow + 0.5 - y) / Math.max(1, height / outHeight))
                * triangle((k % 9 + 0.5 - x) / Math.max(1, width / outWidth));
        sum += weight * Byte.toUnsignedInt(NOISE[3 * k + i % 3]);
        weights += weight;
      }
      assertThat((double) Byte.toUnsignedInt(found[i]))
          .as("value %d", i)
          .isCloseTo(sum / weights, within(ROUNDING));
    }
  }

  @Test
  void partsOutsideTheImageAreRejected() {
    assertThatThrownBy(() -> Resampling.resize(NOISE, SHAPE, new Region(1, 0, 7, 9), SHAPE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a region inside an image 7x9x3");
    assertThatThrownBy(() -> new Region(0, -1, 2, 2)).hasMessageContaining("column -1.0");
  }

  private static double triangle(double x) {
    return Math.max(0, 1 - Math.abs(x));
  }

  private static byte[] noise(ImageShape shape) {
    byte[] bytes = new byte[shape.valueCount()];
    new Random(71).nextBytes(bytes);
    return bytes;
  }
}
