package io.github.tfkfac.detection.evaluate;

import java.util.Comparator;
import java.util.stream.IntStream;

/** The order in which detections are looked at. */
final class ScoreOrder {

  private ScoreOrder() {}

  /** Indices by descending score; equal scores keep their order, as do 0 and -0. */
  static int[] descending(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(index -> 0.0 - scores[index]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
