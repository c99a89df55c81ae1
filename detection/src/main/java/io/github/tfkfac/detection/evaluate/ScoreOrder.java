package io.github.tfkfac.detection.evaluate;

import java.util.Arrays;

/** The order in which detections are looked at. */
final class ScoreOrder {

  private ScoreOrder() {}

  /** Indices by descending score; equal scores keep their order, as do 0 and -0. NaN is last. */
  static int[] descending(double[] scores) {
    double[] keys = new double[scores.length];
    for (int index = 0; index < keys.length; index++) {
      keys[index] = 0.0 - scores[index];
    }
    double[] sorted = keys.clone();
    Arrays.sort(sorted);
    int[] order = new int[keys.length];
    int[] equal = new int[keys.length];
    for (int index = 0; index < keys.length; index++) {
      int place = first(sorted, keys[index]);
      order[place + equal[place]++] = index;
    }
    return order;
  }

  /** The first place of a value that is there. */
  private static int first(double[] sorted, double value) {
    int from = 0;
    int to = sorted.length - 1;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Double.compare(sorted[middle], value) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
