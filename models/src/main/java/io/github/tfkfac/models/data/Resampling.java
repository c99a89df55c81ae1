package io.github.tfkfac.models.data;

import java.util.Arrays;

/**
 * Resizes a part of an image with the triangle filter, whose width grows with the reduction, so
 * that every pixel counts: per axis, output i is the mean of the pixels at {@code k + 1/2} with
 * weights {@code max(0, 1 - |k + 1/2 - c_i| / s)}, where {@code c_i} is the middle of output i in
 * the part and {@code s} the larger of 1 and the reduction. Enlarging this is bilinear
 * interpolation.
 */
final class Resampling {

  /**
   * The pixels that make up each output along one axis.
   *
   * @param first number of the first pixel of each output
   * @param weights weights of that pixel and the ones behind it, summing to one
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Taps(int[] first, float[][] weights) {}

  private Resampling() {}

  /**
   * The pixels of a part of {@code source} in the size of {@code target}, which has the same number
   * of channels; HWC.
   */
  static byte[] resize(byte[] source, ImageShape shape, Region region, ImageShape target) {
    region.requireInside(shape);
    int channels = shape.channels();
    Taps rows = taps(shape.height(), region.top(), region.height(), target.height());
    Taps columns = taps(shape.width(), region.left(), region.width(), target.width());
    int firstRow = rows.first[0];
    int last = target.height() - 1;
    int endRow = rows.first[last] + rows.weights[last].length;
    float[] narrowed = narrowed(source, shape, columns, firstRow, endRow);
    int lineLength = target.width() * channels;
    byte[] result = new byte[target.valueCount()];
    float[] line = new float[lineLength];
    for (int row = 0; row <= last; row++) {
      Arrays.fill(line, 0.5f);
      for (int k = 0; k < rows.weights[row].length; k++) {
        float weight = rows.weights[row][k];
        int at = (rows.first[row] + k - firstRow) * lineLength;
        for (int i = 0; i < lineLength; i++) {
          line[i] += weight * narrowed[at + i];
        }
      }
      for (int i = 0; i < lineLength; i++) {
        result[row * lineLength + i] = (byte) Math.min(255, (int) line[i]);
      }
    }
    return result;
  }

  /** The rows from {@code firstRow} to {@code endRow} (excluded), resized along their length. */
  private static float[] narrowed(
      byte[] source, ImageShape shape, Taps columns, int firstRow, int endRow) {
    int channels = shape.channels();
    float[] narrowed = new float[(endRow - firstRow) * columns.first.length * channels];
    int target = 0;
    for (int row = firstRow; row < endRow; row++) {
      for (int column = 0; column < columns.first.length; column++) {
        float[] weights = columns.weights[column];
        int first = (row * shape.width() + columns.first[column]) * channels;
        for (int channel = 0; channel < channels; channel++) {
          float sum = 0;
          for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * Byte.toUnsignedInt(source[first + k * channels + channel]);
          }
          narrowed[target++] = sum;
        }
      }
    }
    return narrowed;
  }

  private static Taps taps(int pixels, double start, double length, int outputs) {
    double reduction = length / outputs;
    double reach = Math.max(1, reduction);
    int[] first = new int[outputs];
    float[][] weights = new float[outputs][];
    for (int i = 0; i < outputs; i++) {
      double center = start + (i + 0.5) * reduction;
      first[i] = (int) Math.min(pixels - 1, Math.max(0, Math.floor(center - reach + 0.5)));
      int end = (int) Math.max(first[i] + 1, Math.min(pixels, Math.ceil(center + reach - 0.5)));
      weights[i] = weights(first[i], end, center, reach);
    }
    return new Taps(first, weights);
  }

  private static float[] weights(int first, int end, double center, double reach) {
    double[] unscaled = new double[end - first];
    double sum = 0;
    for (int k = 0; k < unscaled.length; k++) {
      unscaled[k] = Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach);
      sum += unscaled[k];
    }
    float[] weights = new float[unscaled.length];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = (float) (unscaled[k] / sum);
    }
    return weights;
  }
}
