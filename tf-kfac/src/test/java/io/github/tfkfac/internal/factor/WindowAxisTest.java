package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /**
   * A window of w blocks: (2w − 1) shifts of all kept blocks and all pairs of blocks in the head
   * and in the tail, each with phases² products; patches have kernel² at every output.
   */
  @ParameterizedTest
  @CsvSource({
    "3, 1, SAME, 8, 42, 72, 3",
    "3, 2, SAME, 8, 52, 36, 1.5",
    "5, 2, VALID, 11, 152, 100, 1.8181818181818181",
    "2, 3, VALID, 10, 12, 12, 0.6"
  })
  void workAndGrowthAreCounted(
      int kernel, int stride, Padding padding, int size, double shifted, double patches, double g) {
    WindowAxis axis = WindowAxis.of(kernel, stride, padding, size);

    assertThat(axis.shiftedWork()).isEqualTo(shifted);
    assertThat(axis.patchWork()).isEqualTo(patches);
    assertThat(axis.patchGrowth()).isEqualTo(g);
  }

  @Test
  void imageSmallerThanValidKernelIsRejected() {
    assertThatThrownBy(() -> WindowAxis.of(5, 1, Padding.VALID, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 5")
        .hasMessageContaining("found 4");
  }
}
