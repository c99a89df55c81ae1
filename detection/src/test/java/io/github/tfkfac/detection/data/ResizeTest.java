package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {

  /** Computed with the formulas of mmcv (rounded) and torchvision 0.14 (floored). */
  @ParameterizedTest
  @CsvSource({
    "480, 640, 800, 1067, 799, 1066",
    "640, 480, 1067, 800, 1066, 799",
    "427, 640, 800, 1199, 800, 1199",
    "375, 500, 800, 1067, 800, 1066",
    "400, 1000, 533, 1333, 533, 1332",
    "1, 5000, 1, 1333, 1, 1333",
  })
  void keepsTheRatioWithinBothLimits(
      int height, int width, int roundedHeight, int roundedWidth, int floorHeight, int floorWidth) {
    ImageSize original = new ImageSize(height, width);
    assertThat(Resize.published(ResizeRule.ROUNDED).sizeOf(original))
        .isEqualTo(new ImageSize(roundedHeight, roundedWidth));
    assertThat(Resize.published(ResizeRule.FLOORED).sizeOf(original))
        .isEqualTo(new ImageSize(floorHeight, floorWidth));
  }

  @Test
  void flooringInFloat32CanLoseAPixelOfTheShorterSide() {
    assertThat(new Resize(ResizeRule.FLOORED, 128, 192).sizeOf(new ImageSize(129, 97)))
        .isEqualTo(new ImageSize(170, 127));
  }

  @Test
  void rejectsLimitsThatContradictEachOther() {
    assertThatThrownBy(() -> new Resize(ResizeRule.ROUNDED, 800, 600))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("short side of 800 and a long side of 600");
  }

  @Test
  void roundsUpToMultiples() {
    assertThat(new ImageSize(64, 65).roundedUp(32)).isEqualTo(new ImageSize(64, 96));
  }
}
