package io.github.tfkfac.testing;

import java.util.Arrays;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Conversions between plain arrays and tensors of either floating point type. */
public final class Tensors {

  private Tensors() {}

  /** A tensor of the type with the values, rounded to it. */
  public static <T extends TNumber> T of(Class<T> type, Shape shape, double... values) {
    if (type == TFloat64.class) {
      return type.cast(TFloat64.tensorOf(shape, DataBuffers.of(values)));
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return type.cast(TFloat32.tensorOf(shape, DataBuffers.of(floats)));
  }

  /** The tensor's values in row-major order. */
  public static double[] values(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.shape().size())];
    if (tensor instanceof TFloat64 wide) {
      wide.copyTo(NdArrays.wrap(tensor.shape(), DataBuffers.of(values, false, false)));
      return values;
    }
    if (tensor instanceof TInt64 integers) {
      long[] longs = new long[values.length];
      integers.copyTo(NdArrays.wrap(tensor.shape(), DataBuffers.of(longs, false, false)));
      return Arrays.stream(longs).asDoubleStream().toArray();
    }
    float[] floats = new float[values.length];
    ((TFloat32) tensor).copyTo(NdArrays.wrap(tensor.shape(), DataBuffers.of(floats, false, false)));
    for (int i = 0; i < floats.length; i++) {
      values[i] = floats[i];
    }
    return values;
  }

  /** {@code |a - b| / |b|} in the 2-norm; {@code |a|} when b is zero. */
  public static double relativeError(double[] actual, double[] expected) {
    double difference = 0;
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      scale += expected[i] * expected[i];
    }
    return scale == 0 ? Math.sqrt(difference) : Math.sqrt(difference / scale);
  }
}
