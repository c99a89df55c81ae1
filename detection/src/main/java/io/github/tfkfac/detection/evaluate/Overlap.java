package io.github.tfkfac.detection.evaluate;

/** Part of an object that is compared: its box or its mask. */
public enum Overlap {
  BOX,
  MASK
}
