package io.github.tfkfac.detection.data;

/** Whether samples carry the objects' masks. */
public enum Masks {
  /** Boxes and labels alone. */
  NONE,
  /** A bitmap per object, in the size of the resized image. */
  BITMAPS
}
