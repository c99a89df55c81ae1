package io.github.tfkfac.factor;

import io.github.tfkfac.graph.ConvolutionGeometry;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Sum of patch outer products of a convolution, without forming any patch.
 *
 * <p>The block for the kernel offsets i and j is {@code Σ_{q ∈ Ω+i} x[q]ᵀ x[q + j − i]}, Ω the grid
 * of outputs. Summed over the whole image it depends on {@code j − i} only, so a k×k kernel needs
 * {@code (2k − 1)²} of them, half by symmetry, instead of k⁴ blocks. The pairs outside {@code Ω+i}
 * lie within k − 1 rows or columns of the border and are subtracted: on each axis a window's sum is
 * the sum over all, less the head, less the tail ({@link WindowAxis#combination()}); in two
 * dimensions the product of the two rules. Strides are first turned into channels.
 *
 * <p><i>Memory</i>: the image is laid out as {@code [row, column, example, channel]}, where a shift
 * is a slice of the first dimension, which TensorFlow does not copy if it begins at a multiple of
 * 64 bytes; the batch is filled up with zeros until it does.
 */
final class ShiftedCorrelations<T extends TNumber> {

  private static final int ALIGNMENT_BYTES = 64;

  private final Ops tf;
  private final ConvolutionGeometry geometry;
  private final WindowAxis vertical;
  private final WindowAxis horizontal;
  private final int channels;
  private final Operand<T> image;
  private final Operand<TInt32> examples;
  private final Operand<TInt32> columns;

  private ShiftedCorrelations(Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    this.tf = tf;
    this.geometry = geometry;
    this.vertical =
        WindowAxis.of(
            tf, geometry.kernelHeight(), geometry.strideHeight(), geometry.padding(), input, 1);
    this.horizontal =
        WindowAxis.of(
            tf, geometry.kernelWidth(), geometry.strideWidth(), geometry.padding(), input, 2);
    this.channels = vertical.phases() * horizontal.phases() * geometry.inputChannels();
    this.columns = tf.math.add(horizontal.kept(), tf.constant(horizontal.window() - 1));
    Operand<TInt32> batch = Sums.size(tf, input, 0);
    Operand<TInt32> fill =
        tf.math.floorMod(tf.math.neg(batch), tf.constant(examplesPerAlignment(input)));
    this.examples = tf.math.add(batch, fill);
    this.image = blocks(input, fill);
  }

  /** {@code [patch, patch]}, the patch in the order kernel row, kernel column, channel. */
  static <T extends TNumber> Operand<T> sum(
      Ops tf, ConvolutionGeometry geometry, Operand<T> input) {
    ShiftedCorrelations<T> correlations = new ShiftedCorrelations<>(tf, geometry, input);
    return correlations.inPatchOrder(correlations.windowSums());
  }

  private int examplesPerAlignment(Operand<T> input) {
    int bytes = channels * (input.type() == TFloat64.class ? 8 : 4);
    int needed = ALIGNMENT_BYTES;
    while (needed > 1 && (bytes * (needed / 2)) % ALIGNMENT_BYTES == 0) {
      needed /= 2;
    }
    return needed;
  }

  /**
   * The used part of the images as {@code [rows, columns, examples, channels]} of blocks, with as
   * many zero columns at the right as a shift can reach beyond a row.
   */
  private Operand<T> blocks(Operand<T> input, Operand<TInt32> fill) {
    Operand<TInt32> zero = tf.constant(0);
    int gap = (horizontal.window() - 1) * geometry.strideWidth();
    Operand<TInt32> all = tf.constant(-1);
    Operand<T> used =
        tf.slice(
            input,
            tf.constant(new int[4]),
            tf.stack(List.of(all, vertical.used(), horizontal.used(), all)));
    Operand<TInt32> right = tf.math.add(horizontal.padAfter(), tf.constant(gap));
    Operand<T> padded =
        tf.pad(
            used,
            tf.reshape(
                tf.stack(
                    List.of(
                        zero,
                        fill,
                        vertical.padBefore(),
                        vertical.padAfter(),
                        horizontal.padBefore(),
                        right,
                        zero,
                        zero)),
                tf.array(4, 2)),
            tf.dtypes.cast(tf.constant(0), input.type()));
    if (geometry.strideHeight() == 1 && geometry.strideWidth() == 1) {
      return tf.linalg.transpose(padded, tf.array(1, 2, 0, 3));
    }
    Operand<T> split =
        tf.reshape(
            padded,
            tf.stack(
                List.of(
                    examples,
                    vertical.kept(),
                    tf.constant(geometry.strideHeight()),
                    columns,
                    tf.constant(geometry.strideWidth()),
                    tf.constant(geometry.inputChannels()))));
    Operand<T> seen =
        tf.slice(
            split,
            tf.constant(new int[6]),
            tf.array(-1, -1, vertical.phases(), -1, horizontal.phases(), -1));
    return tf.reshape(
        tf.linalg.transpose(seen, tf.array(1, 3, 0, 2, 4, 5)),
        tf.stack(List.of(vertical.kept(), columns, examples, tf.constant(channels))));
  }

  /** {@code [verticalWindow², horizontalWindow², channels²]}. */
  private Operand<T> windowSums() {
    List<Operand<T>> rows = new ArrayList<>();
    for (Part y : parts(vertical, vertical.kept())) {
      List<Operand<T>> row = new ArrayList<>();
      for (Part x : parts(horizontal, columns)) {
        row.add(partSums(y, x));
      }
      rows.add(joined(row, 1));
    }
    Operand<T> all = joined(rows, 0);
    Operand<T> combineY = constant(vertical.combination());
    Operand<T> combineX = constant(horizontal.combination());
    int terms = horizontal.combination()[0].length;
    int entries = channels * channels;
    Operand<T> overRows =
        tf.reshape(
            tf.linalg.matMul(combineY, tf.reshape(all, tf.array(-1, terms * entries))),
            tf.array(-1, terms, entries));
    return tf.train.batchMatMul(combineX, overRows, image.type());
  }

  private Operand<T> joined(List<Operand<T>> operands, int axis) {
    return operands.size() == 1 ? operands.get(0) : tf.concat(operands, tf.constant(axis));
  }

  /** All blocks of an axis, to be shifted against each other, or a zone's, to be paired. */
  private record Part(Operand<TInt32> begin, Operand<TInt32> size, int shifts, int paired) {
    boolean isZone() {
      return paired > 0;
    }

    int terms() {
      return isZone() ? paired * paired : 2 * shifts - 1;
    }
  }

  private List<Part> parts(WindowAxis axis, Operand<TInt32> length) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(tf.constant(0), length, axis.window(), 0));
    for (WindowAxis.Zone zone : List.of(axis.head(), axis.tail())) {
      if (zone.size() > 0) {
        parts.add(new Part(zone.begin(), tf.constant(zone.size()), 1, zone.size()));
      }
    }
    return parts;
  }

  /** {@code [terms of y, terms of x, channels²]}. */
  private Operand<T> partSums(Part y, Part x) {
    int zoneRows = Math.max(1, y.paired);
    int zoneColumns = Math.max(1, x.paired);
    int width = zoneRows * zoneColumns * channels;
    Operand<T> rows = Sums.asRows(tf, summedFirst(y, x), width);
    Operand<TInt32> total = Sums.size(tf, rows, 0);
    Operand<TInt32> perRow = x.isZone() ? examples : tf.math.mul(columns, examples);
    List<Operand<T>> forward = new ArrayList<>();
    for (int down = 0; down < y.shifts; down++) {
      for (int right = down == 0 ? 0 : 1 - x.shifts; right < x.shifts; right++) {
        Operand<TInt32> shift =
            tf.math.add(
                tf.math.mul(perRow, tf.constant(down)), tf.math.mul(examples, tf.constant(right)));
        forward.add(shiftedProducts(rows, tf.math.minimum(shift, total), total));
      }
    }
    Operand<T> products = withOpposites(tf.stack(forward), forward.size());
    if (!y.isZone() && !x.isZone()) {
      return tf.reshape(products, tf.array(y.terms(), x.terms(), channels * channels));
    }
    int shiftsY = 2 * y.shifts - 1;
    int shiftsX = 2 * x.shifts - 1;
    Operand<T> split =
        tf.reshape(
            products,
            tf.array(
                shiftsY,
                shiftsX,
                zoneRows,
                zoneColumns,
                channels,
                zoneRows,
                zoneColumns,
                channels));
    return tf.reshape(
        tf.linalg.transpose(split, tf.array(0, 2, 5, 1, 3, 6, 4, 7)),
        tf.array(y.terms(), x.terms(), channels * channels));
  }

  /** The blocks of two parts, dimensions that are shifted or summed first, paired ones last. */
  private Operand<T> summedFirst(Part y, Part x) {
    if (!y.isZone() && !x.isZone()) {
      return image;
    }
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> all = tf.constant(-1);
    Operand<T> part =
        tf.slice(
            image,
            tf.stack(List.of(y.begin, x.begin, zero, zero)),
            tf.stack(List.of(y.size, x.size, all, all)));
    if (!y.isZone()) {
      return tf.linalg.transpose(part, tf.array(0, 2, 1, 3));
    }
    return tf.linalg.transpose(part, x.isZone() ? tf.array(2, 0, 1, 3) : tf.array(1, 2, 0, 3));
  }

  /** {@code Σ_r rows[r]ᵀ rows[r + shift]}. */
  private Operand<T> shiftedProducts(
      Operand<T> rows, Operand<TInt32> shift, Operand<TInt32> total) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> all = tf.constant(-1);
    Operand<T> first =
        tf.slice(rows, tf.array(0, 0), tf.stack(List.of(tf.math.sub(total, shift), all)));
    Operand<T> second = tf.slice(rows, tf.stack(List.of(shift, zero)), tf.array(-1, -1));
    return Sums.products(tf, first, second);
  }

  /** Puts the transposes of all but the first matrix, in reverse order, before them. */
  private Operand<T> withOpposites(Operand<T> forward, int count) {
    if (count == 1) {
      return forward;
    }
    Operand<T> shifted = tf.slice(forward, tf.array(1, 0, 0), tf.array(-1, -1, -1));
    Operand<T> backward = tf.reverse(tf.linalg.transpose(shifted, tf.array(0, 2, 1)), tf.array(0));
    return tf.concat(List.of(backward, forward), tf.constant(0));
  }

  private Operand<T> inPatchOrder(Operand<T> sums) {
    int offsetsY = vertical.window();
    int offsetsX = horizontal.window();
    int blocks = offsetsY * offsetsX;
    Operand<T> matrix =
        tf.linalg.transpose(
            tf.reshape(sums, tf.array(offsetsY, offsetsY, offsetsX, offsetsX, channels, channels)),
            tf.array(0, 2, 4, 1, 3, 5));
    int patch = geometry.patchSize();
    if (channels == geometry.inputChannels()) {
      return tf.reshape(matrix, tf.array(patch, patch));
    }
    int inputs = geometry.inputChannels();
    int cells = blocks * channels / inputs;
    Operand<TInt32> order = tf.constant(cellOfKernelOffset());
    Operand<T> rowsInOrder =
        tf.gather(
            tf.reshape(matrix, tf.array(cells, inputs, cells, inputs)), order, tf.constant(0));
    return tf.reshape(tf.gather(rowsInOrder, order, tf.constant(2)), tf.array(patch, patch));
  }

  /** Where an entry of the kernel lies among the (block, phase) cells of the window. */
  private int[] cellOfKernelOffset() {
    int[] cells = new int[geometry.kernelHeight() * geometry.kernelWidth()];
    for (int y = 0; y < geometry.kernelHeight(); y++) {
      for (int x = 0; x < geometry.kernelWidth(); x++) {
        int block = y / geometry.strideHeight() * horizontal.window() + x / geometry.strideWidth();
        int phase = y % geometry.strideHeight() * horizontal.phases() + x % geometry.strideWidth();
        cells[y * geometry.kernelWidth() + x] =
            block * vertical.phases() * horizontal.phases() + phase;
      }
    }
    return cells;
  }

  private Operand<T> constant(double[][] values) {
    return tf.dtypes.cast(tf.constant(values), image.type());
  }
}
