package io.github.tfkfac.tools.statistics;

import java.util.Collection;
import java.util.Locale;

/**
 * The mean of independent values with its two-sided 95 % Student-t interval, {@code mean ± t(0.95,
 * n-1) s / √n} with the sample standard deviation s.
 *
 * @param count number of values n
 * @param mean their mean
 * @param halfWidth half the interval's width; NaN for a single value, whose spread is unknown
 */
public record MeanInterval(int count, double mean, double halfWidth) {
  private static final double CONFIDENCE = 0.95;

  /**
   * The interval of {@code values}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static MeanInterval of(Collection<Double> values) {
    int n = values.size();
    if (n == 0) {
      throw new IllegalArgumentException("expected at least one value to average, found none");
    }
    double mean = values.stream().mapToDouble(Double::doubleValue).sum() / n;
    if (n == 1) {
      return new MeanInterval(n, mean, Double.NaN);
    }
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    double standardError = Math.sqrt(squares / (n - 1) / n);
    return new MeanInterval(
        n, mean, new StudentT(n - 1).centralQuantile(CONFIDENCE) * standardError);
  }

  /** Such as {@code 92.31 ± 0.42}; the mean alone if the spread is unknown. */
  public String text(int decimals) {
    String format = "%." + decimals + "f";
    String center = String.format(Locale.ROOT, format, mean);
    return Double.isNaN(halfWidth)
        ? center
        : center + " ± " + String.format(Locale.ROOT, format, halfWidth);
  }
}
