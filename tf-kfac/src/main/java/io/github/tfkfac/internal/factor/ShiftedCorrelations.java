package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.internal.graph.ElementSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
 * <p>With few channels the sums over the whole image are one filter gradient, that of the image
 * convolved to itself, which takes about half the time of as many narrow matrix products. With many
 * they are matrix products of the image laid out as {@code [row, column, example, channel]}, where
 * a shift is a slice of the first dimension, which TensorFlow does not copy if it begins at a
 * multiple of 64 bytes; the batch is filled up with zeros until it does.
 */
final class ShiftedCorrelations<T extends TNumber> {

  private static final int ALIGNMENT_BYTES = 64;

  /** Channels up to which a filter gradient is faster, on CPUs by measurement. */
  private static final int FEW_CHANNELS = 128;

  private final Ops tf;
  private final ConvolutionGeometry geometry;
  private final WindowAxis vertical;
  private final WindowAxis horizontal;
  private final int channels;
  private final int columns;
  private final boolean byConvolution;
  private final Operand<T> image;
  private final Map<List<Integer>, Operand<TInt32>> vectors = new HashMap<>();

  private ShiftedCorrelations(
      Ops tf,
      ConvolutionGeometry geometry,
      WindowAxis vertical,
      WindowAxis horizontal,
      Operand<T> input) {
    this.tf = tf;
    this.geometry = geometry;
    this.vertical = vertical;
    this.horizontal = horizontal;
    this.channels = vertical.phases() * horizontal.phases() * geometry.inputChannels();
    this.byConvolution = channels <= FEW_CHANNELS;
    this.columns = horizontal.kept() + shiftPadding();
    this.image = blocks(input);
  }

  /** {@code [patch, patch]}, the patch in the order kernel row, kernel column, channel. */
  static <T extends TNumber> Operand<T> sum(
      Ops tf,
      ConvolutionGeometry geometry,
      WindowAxis vertical,
      WindowAxis horizontal,
      Operand<T> input) {
    ShiftedCorrelations<T> correlations =
        new ShiftedCorrelations<>(tf, geometry, vertical, horizontal, input);
    return correlations.inPatchOrder(correlations.windowSums());
  }

  /** Zero columns at the right of the image, as many as a slice's shift can reach beyond a row. */
  private int shiftPadding() {
    return byConvolution ? 0 : horizontal.window() - 1;
  }

  /** The used part of the images as {@code [examples, rows, columns, channels]} of blocks. */
  private Operand<T> blocks(Operand<T> input) {
    int height = geometry.strideHeight();
    int width = geometry.strideWidth();
    Operand<T> used =
        tf.slice(input, ints(0, 0, 0, 0), ints(-1, vertical.used(), horizontal.used(), -1));
    Operand<T> padded = tf.pad(used, paddings(input), tf.dtypes.cast(tf.constant(0), input.type()));
    if (height == 1 && width == 1) {
      return padded;
    }
    Operand<T> split =
        tf.reshape(
            padded, ints(-1, vertical.kept(), height, columns, width, geometry.inputChannels()));
    Operand<T> seen =
        tf.slice(
            split,
            ints(0, 0, 0, 0, 0, 0),
            ints(-1, -1, vertical.phases(), -1, horizontal.phases(), -1));
    return tf.reshape(
        tf.linalg.transpose(seen, ints(0, 1, 3, 2, 4, 5)),
        ints(-1, vertical.kept(), columns, channels));
  }

  private Operand<TInt32> paddings(Operand<T> input) {
    int right = horizontal.padAfter() + shiftPadding() * geometry.strideWidth();
    Operand<TInt32> ofImage =
        tf.constant(
            new int[][] {
              {vertical.padBefore(), vertical.padAfter()}, {horizontal.padBefore(), right}, {0, 0}
            });
    Operand<TInt32> ofBatch = tf.constant(new int[][] {{0, 0}});
    int together = examplesPerAlignment(input);
    if (together > 1 && !byConvolution) {
      Operand<TInt32> fill =
          tf.math.floorMod(tf.math.neg(Sums.size(tf, input, 0)), tf.constant(together));
      ofBatch = tf.reshape(tf.stack(List.of(tf.constant(0), fill)), ints(1, 2));
    }
    return tf.concat(List.of(ofBatch, ofImage), tf.constant(0));
  }

  private int examplesPerAlignment(Operand<T> input) {
    int bytes = channels * ElementSize.of(input.type());
    int examples = ALIGNMENT_BYTES;
    while (examples > 1 && bytes * (examples / 2) % ALIGNMENT_BYTES == 0) {
      examples /= 2;
    }
    return examples;
  }

  /** {@code [verticalWindow², horizontalWindow², channels²]}. */
  private Operand<T> windowSums() {
    List<Operand<T>> rows = new ArrayList<>();
    for (Part y : parts(vertical, vertical.kept())) {
      List<Operand<T>> row = new ArrayList<>();
      for (Part x : parts(horizontal, columns)) {
        row.add(partSums(y, x));
      }
      rows.add(Sums.joined(tf, row, 1));
    }
    double[][] combineY = vertical.combination();
    double[][] combineX = horizontal.combination();
    int terms = combineX[0].length;
    int entries = channels * channels;
    Operand<T> flat = tf.reshape(Sums.joined(tf, rows, 0), ints(-1, terms * entries));
    Operand<T> overRows =
        tf.reshape(tf.linalg.matMul(constant(combineY), flat), ints(-1, terms, entries));
    return tf.train.batchMatMul(constant(combineX), overRows, image.type());
  }

  /** All blocks of an axis, to be shifted against each other, or a zone's, to be paired. */
  private record Part(int begin, int size, int shifts, int paired) {
    boolean isZone() {
      return paired > 0;
    }

    int distances() {
      return 2 * shifts - 1;
    }

    int terms() {
      return isZone() ? paired * paired : distances();
    }
  }

  private static List<Part> parts(WindowAxis axis, int length) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(0, length, axis.window(), 0));
    if (axis.headSize() > 0) {
      parts.add(new Part(0, axis.headSize(), 1, axis.headSize()));
    }
    if (axis.tailSize() > 0) {
      parts.add(new Part(axis.tailBegin(), axis.tailSize(), 1, axis.tailSize()));
    }
    return parts;
  }

  /** {@code [terms of y, terms of x, channels²]}. */
  private Operand<T> partSums(Part y, Part x) {
    int zoneRows = Math.max(1, y.paired);
    int zoneColumns = Math.max(1, x.paired);
    int width = zoneRows * zoneColumns * channels;
    if (byConvolution && !y.isZone() && !x.isZone()) {
      return tf.reshape(
          withOpposites(filterGradient(y, x)), ints(y.terms(), x.terms(), channels * channels));
    }
    int perRow = x.isZone() ? 1 : x.size;
    int positions = (y.isZone() ? 1 : y.size) * perRow;
    Operand<T> summed = tf.reshape(summedFirst(y, x), ints(positions, -1, width));
    List<Operand<T>> forward = new ArrayList<>();
    for (int down = 0; down < y.shifts; down++) {
      for (int right = down == 0 ? 0 : 1 - x.shifts; right < x.shifts; right++) {
        forward.add(shiftedProducts(summed, down * perRow + right, positions, width));
      }
    }
    Operand<T> products = withOpposites(tf.stack(forward));
    if (y.isZone() || x.isZone()) {
      Operand<T> split =
          tf.reshape(
              products,
              ints(
                  y.distances(),
                  x.distances(),
                  zoneRows,
                  zoneColumns,
                  channels,
                  zoneRows,
                  zoneColumns,
                  channels));
      products = tf.linalg.transpose(split, ints(0, 2, 5, 1, 3, 6, 4, 7));
    }
    return tf.reshape(products, ints(y.terms(), x.terms(), channels * channels));
  }

  /**
   * {@code Σ image[n, p]ᵀ image[n, p + shift]} for all shifts from none on, {@code [shifts,
   * channels, channels]}: the gradient for the filter of a convolution whose output gradient is the
   * image.
   */
  private Operand<T> filterGradient(Part y, Part x) {
    int beside = x.shifts - 1;
    Operand<TInt32> margins =
        tf.constant(new int[][] {{0, 0}, {0, y.shifts - 1}, {beside, beside}, {0, 0}});
    // Padded here: with explicit paddings TensorFlow takes a kernel that is several times as slow.
    Operand<T> gradient =
        tf.nn.conv2dBackpropFilter(
            tf.pad(image, margins, tf.dtypes.cast(tf.constant(0), image.type())),
            ints(y.shifts, x.distances(), channels, channels),
            image,
            List.of(1L, 1L, 1L, 1L),
            "VALID");
    Operand<T> shifts = tf.linalg.transpose(gradient, ints(0, 1, 3, 2));
    return tf.slice(
        tf.reshape(shifts, ints(-1, channels, channels)), ints(beside, 0, 0), ints(-1, -1, -1));
  }

  /** The blocks of two parts, dimensions that are shifted or summed first, paired ones last. */
  private Operand<T> summedFirst(Part y, Part x) {
    Operand<T> part =
        y.isZone() || x.isZone()
            ? tf.slice(image, ints(0, y.begin, x.begin, 0), ints(-1, y.size, x.size, -1))
            : image;
    if (y.isZone()) {
      return x.isZone() ? part : tf.linalg.transpose(part, ints(2, 0, 1, 3));
    }
    return tf.linalg.transpose(part, x.isZone() ? ints(1, 0, 2, 3) : ints(1, 2, 0, 3));
  }

  /** {@code Σ_p Σ_n summed[p, n]ᵀ summed[p + shift, n]}. */
  private Operand<T> shiftedProducts(Operand<T> summed, int shift, int positions, int width) {
    if (shift == 0) {
      Operand<T> rows = asRows(summed, width);
      return Sums.products(tf, rows, rows);
    }
    if (shift >= positions) {
      return tf.fill(ints(width, width), tf.constant(image.type(), 0));
    }
    Operand<T> first = tf.slice(summed, ints(0, 0, 0), ints(positions - shift, -1, -1));
    Operand<T> second = tf.slice(summed, ints(shift, 0, 0), ints(-1, -1, -1));
    return Sums.products(tf, asRows(first, width), asRows(second, width));
  }

  /** Stacks the matrices, with the transposes of all but the first, in reverse order, before. */
  private Operand<T> withOpposites(Operand<T> stacked) {
    if (stacked.shape().get(0) == 1) {
      return stacked;
    }
    Operand<T> shifted = tf.slice(stacked, ints(1, 0, 0), ints(-1, -1, -1));
    Operand<T> backward = tf.reverse(tf.linalg.transpose(shifted, ints(0, 2, 1)), ints(0));
    return tf.concat(List.of(backward, stacked), tf.constant(0));
  }

  private Operand<T> inPatchOrder(Operand<T> sums) {
    int rows = vertical.window();
    int columnsOfWindow = horizontal.window();
    int patch = geometry.patchSize();
    Operand<T> matrix =
        tf.linalg.transpose(
            tf.reshape(
                sums, ints(rows, rows, columnsOfWindow, columnsOfWindow, channels, channels)),
            ints(0, 2, 4, 1, 3, 5));
    if (channels != geometry.inputChannels()) {
      int inputs = geometry.inputChannels();
      int cells = rows * columnsOfWindow * channels / inputs;
      Operand<TInt32> order = tf.constant(cellOfKernelOffset());
      Operand<T> split = tf.reshape(matrix, ints(cells, inputs, cells, inputs));
      matrix = tf.gather(tf.gather(split, order, tf.constant(0)), order, tf.constant(2));
    }
    return tf.reshape(matrix, ints(patch, patch));
  }

  /** Position of every entry of the kernel among the (block, phase) cells of the window. */
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

  /** A constant vector; one node for all uses. */
  private Operand<TInt32> ints(int... values) {
    return vectors.computeIfAbsent(
        Arrays.stream(values).boxed().toList(), unused -> tf.constant(values));
  }

  private Operand<T> asRows(Operand<T> operand, int width) {
    return tf.reshape(operand, ints(-1, width));
  }

  private Operand<T> constant(double[][] values) {
    return tf.dtypes.cast(tf.constant(values), image.type());
  }
}
