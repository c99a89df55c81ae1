package io.github.tfkfac.models.data;

/**
 * Size of one image.
 *
 * <p><i>Shapes</i>: pixels are stored row by row, the channels of a pixel together (HWC).
 *
 * @param height rows
 * @param width columns
 * @param channels values per pixel
 */
public record ImageShape(int height, int width, int channels) {

  public ImageShape {
    if (height <= 0 || width <= 0 || channels <= 0) {
      throw new IllegalArgumentException(
          "expected a positive height, width and channel count of an image, found "
              + height
              + " x "
              + width
              + " x "
              + channels);
    }
    if ((long) height * width * channels > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "expected an image of less than 2^31 values, found "
              + height
              + " x "
              + width
              + " x "
              + channels);
    }
  }

  /** Values per image: {@code height * width * channels}. */
  public int valueCount() {
    return height * width * channels;
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
