package io.github.tfkfac.factor;

import io.github.tfkfac.graph.ConvolutionGeometry.Padding;

/**
 * The numbers behind a {@link WindowAxis} whose image size is known.
 *
 * @param kernel entries under one window
 * @param stride entries of a block
 * @param size entries of the image
 * @param outputs number of window positions
 * @param dropped blocks before the image that hold nothing but padding
 * @param padBefore zeros before the image that share a block with it
 * @param used entries of the image that lie under any window
 * @param kept blocks that hold at least one used entry
 */
record WindowGrid(
    int kernel, int stride, int size, int outputs, int dropped, int padBefore, int used, int kept) {

  static WindowGrid of(int kernel, int stride, Padding padding, int size) {
    int outputs =
        padding == Padding.SAME ? ceilDiv(size, stride) : ceilDiv(size - kernel + 1, stride);
    if (outputs <= 0) {
      throw new IllegalArgumentException(
          "expected an image side of at least %d, the kernel's, for a %s convolution, found %d"
              .formatted(kernel, padding, size));
    }
    int total = padding == Padding.SAME ? Math.max((outputs - 1) * stride + kernel - size, 0) : 0;
    int before = total / 2;
    int used = Math.min(size, (outputs + ceilDiv(kernel, stride) - 1) * stride - before);
    return new WindowGrid(
        kernel,
        stride,
        size,
        outputs,
        before / stride,
        before % stride,
        used,
        ceilDiv(before % stride + used, stride));
  }

  int window() {
    return ceilDiv(kernel, stride);
  }

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

  static int ceilDiv(int value, int divisor) {
    return -Math.floorDiv(-value, divisor);
  }
}
