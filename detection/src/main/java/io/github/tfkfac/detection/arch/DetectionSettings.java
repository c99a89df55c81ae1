package io.github.tfkfac.detection.arch;

/**
 * Settings for selecting the boxes of the box head that become detections.
 *
 * @param scoreThreshold boxes with at most this probability are dropped
 * @param suppression boxes of a class that overlap a better one by more are dropped
 * @param perImage best of each image that are kept
 */
public record DetectionSettings(double scoreThreshold, double suppression, int perImage) {

  public DetectionSettings {
    Require.share("score threshold", scoreThreshold);
    Require.share("overlap of suppressed detections", suppression);
    Require.positive("detections per image", perImage);
  }

  /** Threshold 0.05, overlap 0.5, 100 per image. */
  public static DetectionSettings usual() {
    return new DetectionSettings(0.05, 0.5, 100);
  }
}
