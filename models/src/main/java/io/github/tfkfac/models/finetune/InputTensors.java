package io.github.tfkfac.models.finetune;

import java.util.Arrays;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TIntegral;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Tensors of the element types that images can be fed in. */
final class InputTensors {

  /** Makes a tensor of values in row-major order. */
  @FunctionalInterface
  private interface Maker {
    TNumber make(Shape shape, float[] values);
  }

  private static final int LARGEST_BYTE = 255;

  private static final Map<Class<? extends TType>, Maker> MAKERS =
      Map.of(
          TFloat32.class, InputTensors::floats,
          TFloat64.class, InputTensors::doubles,
          TFloat16.class,
              (shape, values) -> TFloat16.tensorOf(shape, DataBuffers.of(values, true, false)),
          TBfloat16.class,
              (shape, values) -> TBfloat16.tensorOf(shape, DataBuffers.of(values, true, false)),
          TUint8.class, InputTensors::bytes,
          TUint16.class, InputTensors::shorts,
          TInt32.class, InputTensors::ints,
          TInt64.class, InputTensors::longs);

  private InputTensors() {}

  /** Whether tensors of a type can be made. */
  static boolean canMake(Class<? extends TType> type) {
    return MAKERS.containsKey(type);
  }

  /** Whether a type holds whole numbers only. */
  static boolean isWhole(Class<? extends TType> type) {
    return TIntegral.class.isAssignableFrom(type);
  }

  /**
   * A tensor of values, rounded for a type of whole numbers; to be closed by the caller.
   *
   * @param values in row-major order
   */
  static TNumber of(Class<? extends TType> type, Shape shape, float[] values) {
    Maker maker = MAKERS.get(type);
    if (maker == null) {
      throw new IllegalArgumentException(
          "expected a type of numbers, found " + type.getSimpleName());
    }
    return maker.make(shape, values);
  }

  private static TNumber floats(Shape shape, float[] values) {
    return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
  }

  private static TNumber doubles(Shape shape, float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return TFloat64.tensorOf(shape, DataBuffers.of(wide, true, false));
  }

  private static TNumber bytes(Shape shape, float[] values) {
    byte[] whole = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      whole[i] = (byte) Math.max(0, Math.min(LARGEST_BYTE, Math.round(values[i])));
    }
    return TUint8.tensorOf(shape, DataBuffers.of(whole, true, false));
  }

  private static TNumber shorts(Shape shape, float[] values) {
    short[] whole = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      whole[i] = (short) Math.round(values[i]);
    }
    return TUint16.tensorOf(shape, DataBuffers.of(whole, true, false));
  }

  private static TNumber ints(Shape shape, float[] values) {
    int[] whole = new int[values.length];
    Arrays.setAll(whole, i -> Math.round(values[i]));
    return TInt32.tensorOf(shape, DataBuffers.of(whole, true, false));
  }

  private static TNumber longs(Shape shape, float[] values) {
    long[] whole = new long[values.length];
    Arrays.setAll(whole, i -> Math.round(values[i]));
    return TInt64.tensorOf(shape, DataBuffers.of(whole, true, false));
  }
}
