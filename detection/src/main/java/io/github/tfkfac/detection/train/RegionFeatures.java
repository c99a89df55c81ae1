package io.github.tfkfac.detection.train;

/** Method of computing the features of a region. */
public enum RegionFeatures {
  /** By CropAndResize, in float32. */
  CROP_AND_RESIZE,
  /** By gathering the neighbors of every sample, in the network's type: slower, for checks. */
  GATHER
}
