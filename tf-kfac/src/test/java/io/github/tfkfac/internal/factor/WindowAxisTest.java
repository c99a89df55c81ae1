package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import org.junit.jupiter.api.Test;

class WindowAxisTest {

  @Test
  void paddingOfSmallKernelIsDropped() {
    WindowAxis axis = WindowAxis.of(3, 1, Padding.SAME, 8);

    assertThat(axis.outputs()).isEqualTo(8);
    assertThat(axis.kept()).isEqualTo(8);
    assertThat(axis.headSize()).isEqualTo(1);
    assertThat(axis.tailSize()).isEqualTo(1);
  }

  @Test
  void entriesBehindTheLastWindowAreNotUsed() {
    WindowAxis axis = WindowAxis.of(2, 3, Padding.VALID, 10);

    assertThat(axis.outputs()).isEqualTo(3);
    assertThat(axis.window()).isEqualTo(1);
    assertThat(axis.used()).isEqualTo(9);
  }

  @Test
  void extraPaddingGoesBehindTheImage() {
    WindowAxis axis = WindowAxis.of(3, 2, Padding.SAME, 8);

    assertThat(axis.outputs()).isEqualTo(4);
    assertThat(axis.padBefore()).isZero();
    assertThat(axis.kept()).isEqualTo(4);
    assertThat(axis.tailSize()).isZero();
  }

  @Test
  void shiftingPaysForSlidingKernelsButNotForWholeImageOnes() {
    WindowAxis sliding = WindowAxis.of(3, 1, Padding.SAME, 32);
    WindowAxis wholeImage = WindowAxis.of(8, 1, Padding.VALID, 8);

    assertThat(sliding.shiftedWork()).isLessThan(sliding.patchWork());
    assertThat(wholeImage.shiftedWork()).isGreaterThan(wholeImage.patchWork());
  }

  @Test
  void imageSmallerThanValidKernelIsRejected() {
    assertThatThrownBy(() -> WindowAxis.of(5, 1, Padding.VALID, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 5")
        .hasMessageContaining("found 4");
  }
}
