package io.github.tfkfac;

/** Axes of a variable of more than two, such as a convolution kernel, for Shampoo and SOAP. */
public enum Folding {
  /** Each is an axis with a factor of its own. */
  AXES,
  /** All but the last make one: a kernel is the matrix {@code [window·inputs, outputs]}. */
  MATRIX
}
