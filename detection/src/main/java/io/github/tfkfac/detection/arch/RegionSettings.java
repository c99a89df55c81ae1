package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.SampleSize;

/**
 * Settings for sampling regions of interest for the heads and pooling them from the pyramid.
 *
 * @param samples regions that enter the losses
 * @param positiveOverlap regions that overlap an object by at least this much are positive, others
 *     negative
 * @param pool rows and columns of a pooled region for the box head
 * @param samplesPerBin samples per axis of each of those
 * @param finestScale unit s of the level's number: a region of area a is pooled from level {@code
 *     floor(log2(sqrt(a) / s))}, 0 being the finest
 */
public record RegionSettings(
    SampleSize samples, double positiveOverlap, int pool, int samplesPerBin, double finestScale) {

  public RegionSettings {
    Require.share("overlap of positive regions", positiveOverlap);
    Require.positive("rows of a pooled region", pool);
    Require.positive("samples per bin of a pooled region", samplesPerBin);
    Require.positive("finest scale of regions", finestScale);
  }

  /** 512 regions, a quarter of them positive, pooled to 7 by 7 with 2 by 2 samples, s = 56. */
  public static RegionSettings usual() {
    return new RegionSettings(new SampleSize(512, 0.25), 0.5, 7, 2, 56);
  }

  /** The same with other samples of the regions. */
  public RegionSettings withSamples(SampleSize other) {
    return new RegionSettings(other, positiveOverlap, pool, samplesPerBin, finestScale);
  }

  /** The same with another scale of the finest level. */
  public RegionSettings withFinestScale(double other) {
    return new RegionSettings(samples, positiveOverlap, pool, samplesPerBin, other);
  }
}
