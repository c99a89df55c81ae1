package io.github.tfkfac.models.weights;

import io.github.tfkfac.models.layer.Axes;
import io.github.tfkfac.models.layer.Parameter;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Layout in which PyTorch stores the values of a parameter: its array, read as {@code view}, has
 * our axes in the order {@code order}.
 *
 * @param shape shape of PyTorch's array
 * @param view shape that gives every axis of ours its own axis, with the same row-major values
 * @param order for each axis of ours, slowest first, its number in {@code view}
 */
record PyTorchLayout(List<Integer> shape, List<Integer> view, List<Integer> order) {

  /** The layout of a parameter. */
  static PyTorchLayout of(Parameter<?> parameter) {
    int[] size =
        IntStream.range(0, parameter.shape().numDimensions())
            .map(axis -> Math.toIntExact(parameter.shape().get(axis)))
            .toArray();
    Axes axes = parameter.axes();
    if (axes instanceof Axes.PerChannel) {
      return new PyTorchLayout(List.of(size[0]), List.of(0));
    }
    if (axes instanceof Axes.Dense) {
      return new PyTorchLayout(List.of(size[1], size[0]), List.of(1, 0));
    }
    if (axes instanceof Axes.FlattenedDense dense) {
      int channels = Math.toIntExact(dense.channels());
      int height = Math.toIntExact(dense.height());
      int width = Math.toIntExact(dense.width());
      return new PyTorchLayout(
          List.of(size[1], size[0]),
          List.of(size[1], channels, height, width),
          List.of(2, 3, 1, 0));
    }
    if (axes instanceof Axes.Depthwise) {
      return new PyTorchLayout(
          List.of(size[2] * size[3], 1, size[0], size[1]),
          List.of(size[2], size[3], size[0], size[1]),
          List.of(2, 3, 0, 1));
    }
    // Both are [height, width, last, first] of PyTorch's [first, last, height, width].
    return new PyTorchLayout(List.of(size[3], size[2], size[0], size[1]), List.of(2, 3, 1, 0));
  }

  private PyTorchLayout(List<Integer> shape, List<Integer> order) {
    this(shape, shape, order);
  }

  /** PyTorch's row-major {@code values} in the row-major order of our axes. */
  double[] reorder(double[] values) {
    int rank = view.size();
    int[] stride = new int[rank];
    for (int axis = rank - 1, step = 1; axis >= 0; axis--) {
      stride[axis] = step;
      step *= view.get(axis);
    }
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      int source = 0;
      for (int axis = rank - 1, rest = i; axis >= 0; axis--) {
        int viewed = order.get(axis);
        source += rest % view.get(viewed) * stride[viewed];
        rest /= view.get(viewed);
      }
      result[i] = values[source];
    }
    return result;
  }
}
