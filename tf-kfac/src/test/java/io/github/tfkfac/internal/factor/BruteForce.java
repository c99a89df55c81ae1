package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Patches and outer products by plain loops, straight from the definitions. */
@SuppressWarnings("ArrayRecordComponent")
final class BruteForce {

  private BruteForce() {}

  /** An NHWC image batch with random entries. */
  record Image(int examples, int height, int width, int channels, double[] values) {
    static Image random(long seed, int examples, int height, int width, int channels) {
      return new Image(
          examples, height, width, channels, normals(seed, examples * height * width * channels));
    }

    double at(int n, int y, int x, int c) {
      boolean inside = y >= 0 && y < height && x >= 0 && x < width;
      return inside ? values[((n * height + y) * width + x) * channels + c] : 0;
    }
  }

  static double[] normals(long seed, int length) {
    return new Random(seed).doubles(length, -1, 1).toArray();
  }

  static int outputs(int size, int kernel, int stride, Padding padding) {
    int positions = 0;
    int lastStart = padding == Padding.SAME ? size - 1 : size - kernel;
    for (int start = 0; start <= lastStart; start += stride) {
      positions++;
    }
    return positions;
  }

  static int before(int size, int kernel, int stride, Padding padding) {
    int outputs = outputs(size, kernel, stride, padding);
    return padding == Padding.SAME ? Math.max((outputs - 1) * stride + kernel - size, 0) / 2 : 0;
  }

  /** One row per example and output position: the patch of the channels from first to last. */
  static double[][] patches(Image image, ConvolutionGeometry g, int firstChannel, int channels) {
    int outHeight = outputs(image.height(), g.kernelHeight(), g.strideHeight(), g.padding());
    int outWidth = outputs(image.width(), g.kernelWidth(), g.strideWidth(), g.padding());
    int top = before(image.height(), g.kernelHeight(), g.strideHeight(), g.padding());
    int left = before(image.width(), g.kernelWidth(), g.strideWidth(), g.padding());
    List<double[]> rows = new ArrayList<>();
    for (int n = 0; n < image.examples(); n++) {
      for (int oy = 0; oy < outHeight; oy++) {
        for (int ox = 0; ox < outWidth; ox++) {
          double[] row = new double[g.kernelHeight() * g.kernelWidth() * channels];
          int k = 0;
          for (int ky = 0; ky < g.kernelHeight(); ky++) {
            for (int kx = 0; kx < g.kernelWidth(); kx++) {
              for (int c = 0; c < channels; c++) {
                row[k++] =
                    image.at(
                        n,
                        oy * g.strideHeight() - top + ky,
                        ox * g.strideWidth() - left + kx,
                        firstChannel + c);
              }
            }
          }
          rows.add(row);
        }
      }
    }
    return rows.toArray(new double[0][]);
  }

  static double[][] withOne(double[][] rows) {
    double[][] result = new double[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      result[r] = Arrays.copyOf(rows[r], rows[r].length + 1);
      result[r][rows[r].length] = 1;
    }
    return result;
  }

  /** Cuts a flat array into rows. */
  static double[][] rows(double[] values, int width) {
    double[][] result = new double[values.length / width][];
    for (int r = 0; r < result.length; r++) {
      result[r] = Arrays.copyOfRange(values, r * width, (r + 1) * width);
    }
    return result;
  }

  static double[] gram(double[][] rows) {
    int width = rows[0].length;
    double[] sum = new double[width * width];
    for (double[] row : rows) {
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          sum[i * width + j] += row[i] * row[j];
        }
      }
    }
    return sum;
  }

  /** Compares entry by entry, much faster than an assertion per entry. */
  static void assertClose(double[] found, double[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - expected[i]));
    }
    assertThat(largest).as("largest difference of an entry").isLessThanOrEqualTo(tolerance);
  }
}
