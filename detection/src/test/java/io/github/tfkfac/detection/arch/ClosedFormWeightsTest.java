package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClosedFormWeightsTest {

  /** The listed sums add float32 values in float64, in an order of their own. */
  private static final double SUM_TOLERANCE = 1e-9;

  @ParameterizedTest
  @ValueSource(strings = {"params_r18.csv", "params_r50.csv"})
  void valuesAndSumsAreTheListedOnes(String file) {
    for (ClosedFormWeights.Entry entry : ClosedFormWeights.entries(file)) {
      float[] values = entry.values();
      double[] ends = entry.ends();
      for (int i = 0; i < 3; i++) {
        assertThat(values[i]).as(entry.name()).isEqualTo((float) ends[i]);
      }
      assertThat(values[values.length - 1]).as(entry.name()).isEqualTo((float) ends[3]);
      double sum = 0;
      double magnitude = 0;
      for (float value : values) {
        sum += value;
        magnitude += Math.abs(value);
      }
      assertThat(sum).as(entry.name()).isCloseTo(entry.sum(), within(SUM_TOLERANCE * magnitude));
    }
  }
}
