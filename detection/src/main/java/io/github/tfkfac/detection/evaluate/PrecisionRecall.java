package io.github.tfkfac.detection.evaluate;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * Precision and recall of a category, range of areas and limit, at the thresholds of {@link
 * CocoThresholds}, which are given by their indices.
 */
public final class PrecisionRecall {
  private final int objects;
  private final double[][] precision;
  private final double[][] scores;
  private final double[] recall;

  PrecisionRecall(int objects, double[][] precision, double[][] scores, double[] recall) {
    this.objects = objects;
    this.precision = precision;
    this.scores = scores;
    this.recall = recall;
  }

  /** Number of objects to be found. */
  public int objects() {
    return objects;
  }

  /** The best precision at the recall or above, per threshold of recall; 0 where not reached. */
  public double[] precision(int overlap) {
    return precision[overlap].clone();
  }

  /** The score of the detection that reaches the recall, per threshold of recall; 0 if none. */
  public double[] scores(int overlap) {
    return scores[overlap].clone();
  }

  /** The part of the objects that is found. */
  public double recall(int overlap) {
    return recall[overlap];
  }

  /** Precisions at all thresholds of overlap. */
  DoubleStream precisions() {
    return Arrays.stream(precision).flatMapToDouble(Arrays::stream);
  }

  /** Recalls at all thresholds of overlap. */
  DoubleStream recalls() {
    return Arrays.stream(recall);
  }
}
