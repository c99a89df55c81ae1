package io.github.tfkfac.models.layer;

/** Padding of an image: the values that a sliding window sees beyond its border. */
public sealed interface Padding {

  /** As many zeros as give {@code ceil(size / stride)} outputs, the odd one at the end. */
  record Same() implements Padding {}

  /** Nothing: windows stay inside. */
  record Valid() implements Padding {}

  /**
   * The same number of pixels on every side, as PyTorch counts padding; differs from {@link Same}
   * wherever the stride is above 1.
   *
   * @param count pixels on each of the four sides
   */
  record Pixels(int count) implements Padding {
    public Pixels {
      Checks.atLeastZero("pixels of padding", count);
    }
  }

  /** As much as gives an output of the size of the input divided by the stride. */
  static Padding same() {
    return new Same();
  }

  /** No padding: windows stay inside the image. */
  static Padding valid() {
    return new Valid();
  }

  /** The same number of pixels on each side. */
  static Padding pixels(int count) {
    return new Pixels(count);
  }
}
