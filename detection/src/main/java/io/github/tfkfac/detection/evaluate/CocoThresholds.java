package io.github.tfkfac.detection.evaluate;

/**
 * COCO's thresholds of overlap and recall, to the last bit.
 *
 * <p>Numerics: as the reference computes them. The ninth threshold of overlap is
 * 0.8999999999999999, and ten of recall differ from {@code k / 100.0}.
 */
public final class CocoThresholds {
  private static final int OVERLAPS = 10;
  private static final double OVERLAP_STEP = (0.95 - 0.5) / (OVERLAPS - 1);
  private static final int RECALLS = 101;
  private static final double RECALL_STEP = 0.01;

  private CocoThresholds() {}

  /** 0.50, 0.55, ..., 0.95. */
  public static double[] overlaps() {
    double[] values = new double[OVERLAPS];
    for (int at = 0; at < OVERLAPS - 1; at++) {
      values[at] = 0.5 + at * OVERLAP_STEP;
    }
    values[OVERLAPS - 1] = 0.95;
    return values;
  }

  /** 0.00, 0.01, ..., 1.00. */
  public static double[] recalls() {
    double[] values = new double[RECALLS];
    for (int at = 0; at < RECALLS - 1; at++) {
      values[at] = at * RECALL_STEP;
    }
    values[RECALLS - 1] = 1;
    return values;
  }
}
