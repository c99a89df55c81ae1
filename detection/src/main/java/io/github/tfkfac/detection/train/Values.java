package io.github.tfkfac.detection.train;

import java.util.Arrays;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Tensors as arrays. */
final class Values {

  private Values() {}

  /** All values in row-major order. */
  static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    if (tensor instanceof TFloat32 floats) {
      floats
          .asRawTensor()
          .data()
          .asFloats()
          .copyTo(DataBuffers.of(values, false, false), values.length);
      return values;
    }
    double[] wide = new double[values.length];
    ((TFloat64) tensor)
        .asRawTensor()
        .data()
        .asDoubles()
        .copyTo(DataBuffers.of(wide, false, false), wide.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  /** All values cut into equal rows. */
  static float[][] rows(Tensor tensor, int count) {
    float[] values = floats(tensor);
    int width = count == 0 ? 0 : values.length / count;
    float[][] rows = new float[count][];
    for (int row = 0; row < count; row++) {
      rows[row] = Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }
    return rows;
  }

  /** All values in row-major order. */
  static boolean[] booleans(Tensor tensor) {
    boolean[] values = new boolean[Math.toIntExact(tensor.shape().size())];
    int next = 0;
    for (var value : ((TBool) tensor).scalars()) {
      values[next++] = value.getBoolean();
    }
    return values;
  }

  /** The value of a scalar. */
  static double scalar(Tensor tensor) {
    return tensor instanceof TFloat64 wide ? wide.getDouble() : ((TFloat32) tensor).getFloat();
  }
}
