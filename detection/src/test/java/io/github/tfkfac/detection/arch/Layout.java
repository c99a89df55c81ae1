package io.github.tfkfac.detection.arch;

import java.util.Arrays;
import java.util.List;

/** Orders of the axes of images. */
public final class Layout {

  private Layout() {}

  /** From {@code [N, C, H, W]} to {@code [N, H, W, C]}. */
  public static double[] channelsLast(double[] values, List<Integer> shape) {
    int channels = shape.get(1);
    int plane = shape.get(2) * shape.get(3);
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int image = i / (channels * plane);
      result[(image * plane + i % plane) * channels + i / plane % channels] = values[i];
    }
    return result;
  }

  /** To {@code [N, C, H, W]}, the given shape, from {@code [N, H, W, C]}. */
  public static double[] channelsFirst(double[] values, List<Integer> shape) {
    int channels = shape.get(1);
    int plane = shape.get(2) * shape.get(3);
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int image = i / (channels * plane);
      result[i] = values[(image * plane + i % plane) * channels + i / plane % channels];
    }
    return result;
  }

  static List<Integer> integers(long[] values) {
    return Arrays.stream(values).mapToObj(Math::toIntExact).toList();
  }
}
