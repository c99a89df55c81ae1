package io.github.tfkfac.detection.data;

/** Presence of the objects' masks in samples. */
public enum Masks {
  /** Boxes and labels alone. */
  NONE,
  /** A bitmap per object, in the size of the resized image. */
  BITMAPS
}
