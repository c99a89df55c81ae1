package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SparklineTest {

  @Test
  void theLeastIsLowestAndTheGreatestHighest() {
    assertThat(Sparkline.of(List.of(0.0, 1.0, 7.0, 3.4, 3.6))).isEqualTo("▁▂█▄▅");
    assertThat(Sparkline.of(List.of(-2.0, -1.0))).isEqualTo("▁█");
  }

  @Test
  void equalValuesAreFlatAndUndefinedOnesCrosses() {
    assertThat(Sparkline.of(List.of(5.0, 5.0))).isEqualTo("▁▁");
    assertThat(Sparkline.of(List.of(1.0, Double.NaN, 2.0, Double.POSITIVE_INFINITY)))
        .isEqualTo("▁×█×");
    assertThat(Sparkline.of(List.of(Double.NaN))).isEqualTo("×");
    assertThat(Sparkline.of(List.of())).isEmpty();
  }
}
