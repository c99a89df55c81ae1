package io.github.tfkfac.tools.check;

/**
 * Result of one gradient check.
 *
 * @param name of the case
 * @param type of the numbers it was tried with
 * @param outcome the verdict
 * @param relativeError largest deviation from central differences over their largest value; NaN if
 *     there was nothing to compare
 * @param detail TensorFlow's message, if it had one
 */
public record GradientResult(
    String name, String type, Outcome outcome, double relativeError, String detail) {
  /** The verdict on a gradient. */
  public enum Outcome {
    /** Agrees with central differences. */
    OK,
    /** TensorFlow's C++ library registers no gradient for the op type. */
    NONE,
    /** It cannot be built for this type, or not run. */
    FAILS,
    /** It runs and is not the derivative. */
    WRONG,
    /** The library rejects to train through it, in one line. */
    REJECTED
  }
}
