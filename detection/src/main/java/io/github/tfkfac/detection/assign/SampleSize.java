package io.github.tfkfac.detection.assign;

/** Checks and splits a number of samples. */
final class SampleSize {

  private SampleSize() {}

  static void require(String what, int samples, double positiveShare) {
    if (samples < 1 || !(positiveShare > 0 && positiveShare <= 1)) {
      throw new IllegalArgumentException(
          "expected at least 1 sample of "
              + what
              + " and a positive share in (0, 1], found "
              + samples
              + " and "
              + positiveShare);
    }
  }

  /** Largest number of samples with an object. */
  static int positives(int samples, double positiveShare) {
    return (int) (samples * positiveShare);
  }
}
