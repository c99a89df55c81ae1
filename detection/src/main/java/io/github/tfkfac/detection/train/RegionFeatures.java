package io.github.tfkfac.detection.train;

/** How the features of a region are computed. */
public enum RegionFeatures {
  /** By CropAndResize, in float32. */
  CROP_AND_RESIZE,
  /** By gathering the neighbours of every sample, in the network's type: slower, for checks. */
  GATHER
}
