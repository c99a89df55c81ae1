package io.github.tfkfac.factor;

import io.github.tfkfac.graph.ConvolutionGeometry.Padding;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * One image axis under a sliding window, cut into blocks as long as the stride.
 *
 * <p>A window of {@code kernel} entries that moves by {@code stride} is a window of {@code ⌈kernel
 * / stride⌉} blocks that moves by one block. The blocks from the first one under the first window
 * to the last one under the last window are the <i>grid</i>: {@code outputs + window - 1} of them.
 * Blocks at either end that hold nothing but padding are left out if the image size is known when
 * the graph is built; the others are the <i>kept</i> blocks.
 *
 * @param window blocks under one window
 * @param phases entries of a block that a window uses: {@code min(kernel, stride)}
 * @param padBefore zeros to put before the used entries so that they begin with a kept block
 * @param used entries of the image that lie under any window
 * @param padAfter zeros to put behind the used entries so that they end with a kept block
 * @param kept number of kept blocks
 * @param head the kept blocks among the grid's first {@code window - 1}
 * @param tail the kept blocks among the grid's last {@code window - 1}
 */
record WindowAxis(
    int window,
    int phases,
    Operand<TInt32> padBefore,
    Operand<TInt32> used,
    Operand<TInt32> padAfter,
    Operand<TInt32> kept,
    Zone head,
    Zone tail) {

  /**
   * Neighbouring kept blocks at one end of the grid.
   *
   * @param begin index of the first one among the kept blocks
   * @param size how many
   * @param position place of the first one within the end of {@code window - 1} grid blocks
   */
  record Zone(Operand<TInt32> begin, int size, int position) {}

  static WindowAxis of(
      Ops tf, int kernel, int stride, Padding padding, Operand<?> image, int dimension) {
    long size = Sums.staticSize(image, dimension);
    return size == Shape.UNKNOWN_SIZE
        ? ofUnknownSize(tf, kernel, stride, padding, Sums.size(tf, image, dimension))
        : ofSize(tf, WindowGrid.of(kernel, stride, padding, Math.toIntExact(size)));
  }

  private static WindowAxis ofSize(Ops tf, WindowGrid grid) {
    return new WindowAxis(
        grid.window(),
        grid.phases(),
        tf.constant(grid.padBefore()),
        tf.constant(grid.used()),
        tf.constant(grid.padAfter()),
        tf.constant(grid.kept()),
        new Zone(tf.constant(0), grid.headSize(), grid.dropped()),
        new Zone(
            tf.constant(grid.tailBegin()),
            grid.tailSize(),
            grid.tailBegin() + grid.dropped() - grid.outputs()));
  }

  /** Keeps all grid blocks, because which of them hold only padding is not known yet. */
  private static WindowAxis ofUnknownSize(
      Ops tf, int kernel, int stride, Padding padding, Operand<TInt32> size) {
    int window = WindowGrid.ceilDiv(kernel, stride);
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> step = tf.constant(stride);
    int lastStart = padding == Padding.SAME ? -1 : -kernel;
    Operand<TInt32> outputs =
        tf.math.floorDiv(tf.math.add(size, tf.constant(stride + lastStart)), step);
    Operand<TInt32> before = zero;
    if (padding == Padding.SAME) {
      Operand<TInt32> reach = tf.math.add(tf.math.mul(outputs, step), tf.constant(kernel - stride));
      before = tf.math.floorDiv(tf.math.maximum(tf.math.sub(reach, size), zero), tf.constant(2));
    }
    Operand<TInt32> kept = tf.math.add(outputs, tf.constant(window - 1));
    Operand<TInt32> behindPadding = tf.math.sub(tf.math.mul(kept, step), before);
    Operand<TInt32> used = tf.math.minimum(size, behindPadding);
    return new WindowAxis(
        window,
        Math.min(kernel, stride),
        before,
        used,
        tf.math.sub(behindPadding, used),
        kept,
        new Zone(zero, window - 1, 0),
        new Zone(outputs, window - 1, 0));
  }

  /**
   * How the sum over one pair of windows is put together from sums over the kept blocks.
   *
   * <p>Row {@code i·window + j} belongs to the window offsets i and j. The columns are first the
   * sums over all pairs of blocks at distance {@code 1 - window ... window - 1}, then the products
   * of every pair of blocks in the head, then those in the tail. The sum under the windows is the
   * one at distance {@code j - i} less the pairs that lie outside them.
   */
  double[][] combination() {
    int distances = 2 * window - 1;
    int tailColumns = distances + head.size * head.size;
    double[][] result = new double[window * window][tailColumns + tail.size * tail.size];
    for (int i = 0; i < window; i++) {
      for (int j = 0; j < window; j++) {
        double[] row = result[i * window + j];
        row[j - i + window - 1] = 1;
        for (int a = 0; a < head.size && head.position + a < i; a++) {
          subtract(row, distances, head.size, a, a + j - i);
        }
        for (int a = Math.max(0, i - tail.position); a < tail.size; a++) {
          subtract(row, tailColumns, tail.size, a, a + j - i);
        }
      }
    }
    return result;
  }

  private static void subtract(double[] row, int firstColumn, int size, int a, int b) {
    if (b >= 0 && b < size) {
      row[firstColumn + a * size + b] = -1;
    }
  }
}
