package io.github.tfkfac.testing;

/**
 * The input patches of a convolution by plain loops, in TensorFlow's padding.
 *
 * @param height rows of the image
 * @param width columns of the image
 * @param channels channels of the image
 * @param kernel rows and columns of the kernel
 * @param stride row and column distance of two windows
 * @param same whether the image is padded so that every stride-th pixel is a center
 */
public record Windows(int height, int width, int channels, int kernel, int stride, boolean same) {

  /** Number of windows along a side. */
  public int positions(int side) {
    return same ? (side + stride - 1) / stride : (side - kernel) / stride + 1;
  }

  /** One row per example and position: kernel row, kernel column, then the chosen channels. */
  public double[][] patches(double[] images, int firstChannel, int patchChannels) {
    int size = height * width * channels;
    double[][] rows =
        new double[images.length / size * positions(height) * positions(width)]
            [kernel * kernel * patchChannels];
    int index = 0;
    for (int example = 0; example < images.length / size; example++) {
      for (int top = -before(height), row = 0; row < positions(height); row++, top += stride) {
        for (int left = -before(width), col = 0; col < positions(width); col++, left += stride) {
          double[] patch = rows[index++];
          for (int k = 0; k < patch.length; k++) {
            int y = top + k / patchChannels / kernel;
            int x = left + k / patchChannels % kernel;
            if (y >= 0 && y < height && x >= 0 && x < width) {
              int pixel = example * size + (y * width + x) * channels;
              patch[k] = images[pixel + firstChannel + k % patchChannels];
            }
          }
        }
      }
    }
    return rows;
  }

  private int before(int side) {
    return same ? Math.max((positions(side) - 1) * stride + kernel - side, 0) / 2 : 0;
  }
}
