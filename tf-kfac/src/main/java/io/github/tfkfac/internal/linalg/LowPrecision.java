package io.github.tfkfac.internal.linalg;

import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** Products in bfloat16 of operands in another type, to which the result is cast back. */
public final class LowPrecision {

  private static final int RUNS = 3;

  /** Columns of a gradient for each row, about; a convolution of 3×3 has 1 of 9. */
  private static final int ROWS_PER_COLUMN = 9;

  private LowPrecision() {}

  /** A product of two operands, computed in bfloat16. */
  public static <T extends TNumber> Operand<T> of(
      Ops tf, Operand<T> first, Operand<T> second, BinaryOperator<Operand<TBfloat16>> product) {
    Operand<TBfloat16> low =
        product.apply(
            tf.dtypes.cast(first, TBfloat16.class), tf.dtypes.cast(second, TBfloat16.class));
    return tf.dtypes.cast(low, first.type());
  }

  /**
   * Time of a product in bfloat16, casts included, divided by that of the product in float32: one
   * run of each to warm up, then the fastest of three, in turn.
   *
   * @param order of the square factor
   * @param nanoClock reads a clock, as {@link System#nanoTime} does
   */
  public static double relativeTime(int order, LongSupplier nanoClock) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      // A placeholder, as TensorFlow would compute the product of constants beforehand.
      Operand<TFloat32> one = tf.placeholderWithDefault(tf.constant(1f), Shape.scalar());
      Operand<TFloat32> matrix = tf.fill(tf.array(order, order), one);
      Operand<TFloat32> gradient =
          tf.fill(tf.array(order, Math.max(1, order / ROWS_PER_COLUMN)), one);
      Op high = tf.identity(Matrices.multiply(tf, matrix, gradient));
      Op low = tf.identity(of(tf, matrix, gradient, (a, b) -> Matrices.multiply(tf, a, b)));
      long shortestHigh = Long.MAX_VALUE;
      long shortestLow = Long.MAX_VALUE;
      for (int run = 0; run <= RUNS; run++) {
        long highTime = time(session, high, nanoClock);
        long lowTime = time(session, low, nanoClock);
        if (run > 0) {
          shortestHigh = Math.min(shortestHigh, highTime);
          shortestLow = Math.min(shortestLow, lowTime);
        }
      }
      return Math.max(1, shortestLow) / (double) Math.max(1, shortestHigh);
    }
  }

  private static long time(Session session, Op target, LongSupplier nanoClock) {
    long start = nanoClock.getAsLong();
    session.runner().addTarget(target).run().close();
    return nanoClock.getAsLong() - start;
  }
}
