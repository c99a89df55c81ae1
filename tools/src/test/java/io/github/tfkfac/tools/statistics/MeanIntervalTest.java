package io.github.tfkfac.tools.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeanIntervalTest {
  private static final double ROUNDING = 1e-6;

  @Test
  void threeValuesHaveTheirTextbookInterval() {
    MeanInterval interval = MeanInterval.of(List.of(91.0, 92.0, 93.0));

    assertThat(interval.mean()).isCloseTo(92, within(ROUNDING));
    assertThat(interval.halfWidth()).isCloseTo(4.302653 / Math.sqrt(3), within(ROUNDING));
    assertThat(interval.text(2)).isEqualTo("92.00 ± 2.48");
  }

  @Test
  void aSingleValueHasNoInterval() {
    MeanInterval interval = MeanInterval.of(List.of(0.5));

    assertThat(interval.halfWidth()).isNaN();
    assertThat(interval.text(1)).isEqualTo("0.5");
  }

  @Test
  void nothingCannotBeAveraged() {
    assertThatThrownBy(() -> MeanInterval.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
