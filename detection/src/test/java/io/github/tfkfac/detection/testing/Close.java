package io.github.tfkfac.detection.testing;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparison of arrays. */
public final class Close {

  /** Suggested for single operations in float32, absolute and relative. */
  public static final double OPS = 1e-5;

  private Close() {}

  /** Every value differs by at most {@code tolerance · (1 + |expected|)}. */
  public static void assertClose(double[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    int at = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i]));
      if (!(difference <= worst)) {
        worst = difference;
        at = i;
        if (Double.isNaN(worst)) {
          break;
        }
      }
    }
    assertThat(worst)
        .as("largest difference, at %s: %s, expected %s", at, actual[at], expected[at])
        .isLessThanOrEqualTo(tolerance);
  }

  public static void assertClose(float[] actual, float[] expected, double tolerance) {
    assertClose(doubles(actual), doubles(expected), tolerance);
  }

  public static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
