package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.SampleSize;

/**
 * Settings for training the proposal network and for choosing its proposals.
 *
 * @param training limits of a training pass
 * @param inference limits of an inference pass
 * @param suppression proposals of a level that overlap a better one by more are dropped
 * @param samples anchors that enter the losses
 * @param positiveOverlap anchors that overlap an object by at least this much are positive
 * @param negativeOverlap anchors that overlap every object by less are negative
 */
public record ProposalSettings(
    Limits training,
    Limits inference,
    double suppression,
    SampleSize samples,
    double positiveOverlap,
    double negativeOverlap) {

  /**
   * Largest numbers of proposals that are kept.
   *
   * @param perLevel best of each level, before suppression
   * @param perImage best of each image, after suppression
   */
  public record Limits(int perLevel, int perImage) {
    public Limits {
      Require.positive("proposals per level", perLevel);
      Require.positive("proposals per image", perImage);
    }
  }

  public ProposalSettings {
    Require.share("overlap of suppressed proposals", suppression);
    Require.share("overlap of positive anchors", positiveOverlap);
    Require.share("overlap of negative anchors", negativeOverlap);
    if (negativeOverlap > positiveOverlap) {
      throw new IllegalArgumentException(
          String.format(
              "expected negative anchors to overlap objects by at most as much as positive ones,"
                  + " found %s and %s",
              negativeOverlap, positiveOverlap));
    }
  }

  /** MMDetection's numbers: 2000, in inference 1000, per level; 1000 per image; 256 anchors. */
  public static ProposalSettings usual() {
    return new ProposalSettings(
        new Limits(2000, 1000), new Limits(1000, 1000), 0.7, new SampleSize(256, 0.5), 0.7, 0.3);
  }

  /** The same with other numbers of proposals that are kept. */
  public ProposalSettings withLimits(Limits newTraining, Limits newInference) {
    return new ProposalSettings(
        newTraining, newInference, suppression, samples, positiveOverlap, negativeOverlap);
  }

  /** The same with other samples of the anchors. */
  public ProposalSettings withSamples(SampleSize other) {
    return new ProposalSettings(
        training, inference, suppression, other, positiveOverlap, negativeOverlap);
  }
}
