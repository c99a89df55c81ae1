package io.github.tfkfac.detection.coco;

import java.util.stream.DoubleStream;

/**
 * Summary of the distribution of numbers.
 *
 * @param count how many
 * @param least the smallest
 * @param tenth a tenth of them is below
 * @param median a half of them is below
 * @param mean their mean
 * @param ninetieth nine tenths of them are below
 * @param most the largest; all of these are NaN if there are no numbers
 */
public record Distribution(
    long count,
    double least,
    double tenth,
    double median,
    double mean,
    double ninetieth,
    double most) {

  /** Of these numbers. */
  public static Distribution of(DoubleStream numbers) {
    double[] sorted = numbers.sorted().toArray();
    return new Distribution(
        sorted.length,
        quantile(sorted, 0),
        quantile(sorted, 0.1),
        quantile(sorted, 0.5),
        DoubleStream.of(sorted).average().orElse(Double.NaN),
        quantile(sorted, 0.9),
        quantile(sorted, 1));
  }

  /** Between two neighbors, linear. */
  private static double quantile(double[] sorted, double part) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double place = part * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
