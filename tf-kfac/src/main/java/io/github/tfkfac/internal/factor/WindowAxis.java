package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import org.tensorflow.ndarray.Shape;

/**
 * One image axis under a sliding window, cut into blocks as long as the stride.
 *
 * <p>A window of {@code kernel} entries that moves by {@code stride} is a window of {@code ⌈kernel
 * / stride⌉} blocks that moves by one block. The blocks from the first one under the first window
 * to the last one under the last window are the <i>grid</i>: {@code outputs + window - 1} of them.
 * Blocks at either end that hold nothing but padding are left out; the others are <i>kept</i>. The
 * kept blocks among the grid's first {@code window - 1} are the <i>head</i>, those among its last
 * {@code window - 1} the <i>tail</i>: only these are not under every window.
 *
 * @param kernel entries under one window
 * @param stride entries of a block
 * @param size entries of the image
 * @param outputs number of window positions
 * @param dropped grid blocks before the image that hold nothing but padding
 * @param padBefore zeros before the image that share a block with it
 * @param used entries of the image that lie in the grid
 * @param kept blocks that hold at least one used entry
 */
record WindowAxis(
    int kernel, int stride, int size, int outputs, int dropped, int padBefore, int used, int kept) {

  /** Stands in for the unknown side of an image. */
  private static final int TYPICAL_SIDE = 64;

  /**
   * One axis of an image.
   *
   * @param axis {@link ConvolutionGeometry#column} or {@link ConvolutionGeometry#row}
   * @param size of the image along it, perhaps {@link Shape#UNKNOWN_SIZE}
   */
  static WindowAxis of(ConvolutionGeometry axis, long size) {
    int kernel = axis.kernelHeight();
    int known = size == Shape.UNKNOWN_SIZE ? Math.max(kernel, TYPICAL_SIDE) : Math.toIntExact(size);
    return of(kernel, axis.strideHeight(), axis.padding(), known);
  }

  static WindowAxis of(int kernel, int stride, Padding padding, int size) {
    boolean same = padding == Padding.SAME;
    int outputs = ceilDiv(same ? size : size - kernel + 1, stride);
    if (outputs <= 0) {
      throw new IllegalArgumentException(
          "expected an image side of at least %d, the kernel's, in a %s convolution, found %d"
              .formatted(kernel, padding, size));
    }
    int before = same ? Math.max((outputs - 1) * stride + kernel - size, 0) / 2 : 0;
    int grid = outputs + ceilDiv(kernel, stride) - 1;
    int used = Math.min(size, grid * stride - before);
    int padBefore = before % stride;
    return new WindowAxis(
        kernel,
        stride,
        size,
        outputs,
        before / stride,
        padBefore,
        used,
        ceilDiv(padBefore + used, stride));
  }

  /** Blocks under one window. */
  int window() {
    return ceilDiv(kernel, stride);
  }

  /** Entries of a block that some window offset uses. */
  int phases() {
    return Math.min(kernel, stride);
  }

  int padAfter() {
    return kept * stride - padBefore - used;
  }

  int headSize() {
    return Math.max(0, Math.min(kept, window() - 1 - dropped));
  }

  int tailBegin() {
    return Math.max(0, outputs - dropped);
  }

  int tailSize() {
    return Math.max(0, kept - tailBegin());
  }

  /**
   * Matrix that combines sums over the kept blocks into the sum over one pair of windows.
   *
   * <p>Row {@code i·window + j} belongs to the window offsets i and j. The columns are first the
   * sums over all pairs of blocks at distance {@code 1 - window ... window - 1}, then the products
   * of every pair of blocks in the head, then those in the tail. The sum under the windows is the
   * one at distance {@code j - i} less the pairs that lie outside them.
   */
  double[][] combination() {
    int window = window();
    int head = headSize();
    int tail = tailSize();
    int headColumn = 2 * window - 1;
    int tailColumn = headColumn + head * head;
    int firstOfTail = tailBegin() + dropped - outputs;
    double[][] result = new double[window * window][tailColumn + tail * tail];
    for (int i = 0; i < window; i++) {
      for (int j = 0; j < window; j++) {
        double[] row = result[i * window + j];
        row[j - i + window - 1] = 1;
        for (int a = 0; a < head && dropped + a < i; a++) {
          subtractPair(row, headColumn, head, a, a + j - i);
        }
        for (int a = Math.max(0, i - firstOfTail); a < tail; a++) {
          subtractPair(row, tailColumn, tail, a, a + j - i);
        }
      }
    }
    return result;
  }

  private static void subtractPair(double[] row, int firstColumn, int zone, int a, int b) {
    if (b >= 0 && b < zone) {
      row[firstColumn + a * zone + b] = -1;
    }
  }

  /** This axis' factor in the products that {@link ShiftedCorrelations} needs, times √2. */
  double shiftedWork() {
    double pairs = (2.0 * window() - 1) * kept + Math.pow(headSize(), 2) + Math.pow(tailSize(), 2);
    return pairs * phases() * phases();
  }

  /** This axis' factor in the products that written-out patches need. */
  double patchWork() {
    return (double) kernel * kernel * outputs;
  }

  /** This axis' factor in the size of all patches relative to the image. */
  double patchGrowth() {
    return (double) kernel * outputs / size;
  }

  private static int ceilDiv(int value, int divisor) {
    return -Math.floorDiv(-value, divisor);
  }
}
