package io.github.tfkfac.tools.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTTest {
  private static final double TABLE_ROUNDING = 5e-6;
  private static final double INTEGRATION_ERROR = 1e-9;

  /** NIST/SEMATECH tables, further digits from the closed forms for 1 and 2 degrees. */
  @ParameterizedTest
  @CsvSource({
    "1, 12.706205",
    "2, 4.302653",
    "3, 3.182446",
    "4, 2.776445",
    "5, 2.570582",
    "9, 2.262157",
    "10, 2.228139",
    "29, 2.045230",
    "30, 2.042272",
    "100, 1.983972"
  })
  void the95PercentQuantileIsThatOfTheTables(int degrees, double expected) {
    assertThat(new StudentT(degrees).centralQuantile(0.95))
        .isCloseTo(expected, within(TABLE_ROUNDING));
  }

  @ParameterizedTest
  @CsvSource({"1, 0.7", "2, 1.1", "3, 2.5", "4, 0.3", "7, 1.9", "12, 3.1"})
  void theProbabilityIsTheIntegralOfTheDensity(int degrees, double t) {
    int intervals = 20_000;
    double sum = 0;
    double mass = 0;
    double far = Math.PI / 2;
    for (int i = 0; i < intervals; i++) {
      double angle = (i + 0.5) / intervals * far;
      double weight = Math.pow(Math.cos(angle), degrees - 1);
      mass += weight;
    }
    double end = Math.atan(t / Math.sqrt(degrees));
    for (int i = 0; i < intervals; i++) {
      sum += Math.pow(Math.cos((i + 0.5) / intervals * end), degrees - 1) * end / far;
    }
    assertThat(new StudentT(degrees).centralProbability(t))
        .isCloseTo(sum / mass, within(INTEGRATION_ERROR));
  }

  @Test
  void badArgumentsAreRejected() {
    assertThatThrownBy(() -> new StudentT(0)).isInstanceOf(IllegalArgumentException.class);
    StudentT distribution = new StudentT(3);
    assertThatThrownBy(() -> distribution.centralQuantile(1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> distribution.centralQuantile(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
