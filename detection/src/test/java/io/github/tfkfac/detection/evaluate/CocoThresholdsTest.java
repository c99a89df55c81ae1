package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CocoThresholdsTest {

  @Test
  void overlapsAreTheReferences() {
    double[] overlaps = CocoThresholds.overlaps();
    double[] expected =
        IntStream.range(0, 10).mapToDouble(k -> 0.5 + k * 0.049999999999999996).toArray();
    expected[9] = 0.95;

    assertThat(overlaps).containsExactly(expected);
    assertThat(overlaps[0]).isEqualTo(0.5);
    assertThat(overlaps[5]).isEqualTo(0.75);
    assertThat(overlaps[8]).isEqualTo(0.8999999999999999).isNotEqualTo(0.9);
  }

  @Test
  void tenRecallsAreNotHundredths() {
    double[] recalls = CocoThresholds.recalls();

    assertThat(IntStream.range(0, 101).filter(k -> recalls[k] != k / 100.0))
        .containsExactly(35, 41, 47, 57, 69, 70, 82, 83, 94, 95);
    assertThat(recalls).hasSize(101).endsWith(1.0);
  }
}
