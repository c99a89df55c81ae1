package io.github.tfkfac.detection.evaluate;

/** What of an object is compared. */
public enum Overlap {
  BOX,
  MASK
}
