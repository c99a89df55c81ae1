package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.capture.ImagePatches;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * A layer's input and output-gradient rows, sorted by example.
 *
 * <p>With a weight that is used several times, the rows of all uses are positions of the example.
 *
 * <p><i>Shapes</i>: {@code [n, positions, d]} for the n examples of a part of the batch; {@code [n,
 * groups, positions, d]} for a grouped or depthwise convolution.
 */
final class ExampleRows<T extends TNumber> {

  private final LayerSite<T> site;
  private final BatchPart part;

  /** One of several equal parts of a batch; the last ones may be shorter or empty. */
  record BatchPart(int index, int parts) {

    /** The part's examples. */
    <T extends TNumber> Operand<T> of(Ops tf, Operand<T> batch) {
      if (parts == 1) {
        return batch;
      }
      Operand<TInt32> examples = Sums.size(tf, batch, 0);
      Operand<TInt32> size =
          tf.math.floorDiv(tf.math.add(examples, tf.constant(parts - 1)), tf.constant(parts));
      Operand<TInt32> begin = tf.math.minimum(tf.math.mul(size, tf.constant(index)), examples);
      Operand<TInt32> length = tf.math.minimum(size, tf.math.sub(examples, begin));
      int others = batch.shape().numDimensions() - 1;
      return tf.slice(
          batch, tf.stack(then(tf, begin, 0, others)), tf.stack(then(tf, length, -1, others)));
    }

    private static List<Operand<TInt32>> then(
        Ops tf, Operand<TInt32> first, int value, int others) {
      List<Operand<TInt32>> all = new ArrayList<>(Collections.nCopies(others, tf.constant(value)));
      all.add(0, first);
      return all;
    }
  }

  ExampleRows(LayerSite<T> site, BatchPart part) {
    this.site = site;
    this.part = part;
  }

  /** Input rows, with a 1 appended when there is a bias. */
  Operand<T> inputs(Ops tf, Tap<T> tap) {
    Operand<T> rows = joined(tf, tap, flow -> inputRows(tf, part.of(tf, tap.input(tf, flow))));
    if (site.bias().isEmpty()) {
      return rows;
    }
    int[][] margins = new int[isStack() ? 4 : 3][2];
    margins[margins.length - 1][1] = 1;
    return tf.pad(rows, tf.constant(margins), tf.constantOfSameType(rows, 1));
  }

  /** Output-gradient rows. */
  Operand<T> gradients(Ops tf, Tap<T> tap) {
    return joined(
        tf,
        tap,
        flow -> {
          Operand<T> gradient = part.of(tf, tap.gradient(tf, flow));
          if (!isStack()) {
            return rows(tf, gradient, site.outputSize());
          }
          Operand<T> byPosition = rows(tf, gradient, site.blocks(), site.outputSize());
          return tf.linalg.transpose(byPosition, tf.array(0, 2, 1, 3));
        });
  }

  /**
   * Rows of an embedding's table, added up where an example's indices are the same.
   *
   * @param values {@code [n, positions, d]}
   * @return {@code [n, rows of the table, d]}
   */
  Operand<T> scattered(Ops tf, Tap<T> tap, Operand<T> values) {
    List<Operand<TInt64>> uses =
        tap.flows().stream()
            .map(
                flow -> {
                  Operand<T> indices = part.of(tf, tap.input(tf, flow));
                  Operand<TInt32> shape =
                      tf.stack(List.of(Sums.size(tf, indices, 0), tf.constant(-1)));
                  return (Operand<TInt64>) tf.dtypes.cast(tf.reshape(indices, shape), TInt64.class);
                })
            .toList();
    Operand<TInt64> indices = Sums.joined(tf, uses, 1);
    int table = site.inputSize();
    Operand<TInt32> examples = Sums.size(tf, values, 0);
    Operand<TInt64> numbers =
        tf.range(tf.constant(0L), tf.dtypes.cast(examples, TInt64.class), tf.constant(1L));
    Operand<TInt64> firstOfExample =
        tf.expandDims(tf.math.mul(numbers, tf.constant((long) table)), tf.constant(1));
    Operand<T> sums =
        tf.math.unsortedSegmentSum(
            Sums.asRows(tf, values, site.outputSize()),
            tf.reshape(tf.math.add(indices, firstOfExample), tf.array(-1)),
            tf.math.mul(examples, tf.constant(table)));
    return tf.reshape(sums, tf.array(-1, table, site.outputSize()));
  }

  private Operand<T> inputRows(Ops tf, Operand<T> input) {
    if (site.kind() instanceof LayerKind.Convolution convolution) {
      ConvolutionGeometry geometry = convolution.geometry();
      return rows(tf, ImagePatches.of(tf, geometry, input), geometry.patchSize());
    }
    if (site.kind() instanceof LayerKind.GroupedConvolution grouped) {
      return groupRows(tf, grouped.geometry(), grouped.geometry().inputChannels(), input);
    }
    if (site.kind() instanceof LayerKind.DepthwiseConvolution depthwise) {
      return groupRows(tf, depthwise.geometry(), 1, input);
    }
    return rows(tf, input, site.inputSize() - site.bias().map(b -> 1).orElse(0));
  }

  /**
   * Patches of every group.
   *
   * @param channels that a group reads
   */
  private Operand<T> groupRows(
      Ops tf, ConvolutionGeometry geometry, int channels, Operand<T> input) {
    int groups = site.blocks();
    int window = geometry.kernelHeight() * geometry.kernelWidth();
    Operand<T> patches = ImagePatches.of(tf, geometry, input);
    Operand<T> byGroup =
        tf.linalg.transpose(rows(tf, patches, window, groups, channels), tf.array(0, 3, 1, 2, 4));
    Operand<TInt32> positions = tf.slice(tf.shape(byGroup), tf.array(2), tf.array(1));
    return tf.reshape(
        byGroup,
        tf.concat(
            List.of(tf.array(-1, groups), positions, tf.array(window * channels)), tf.constant(0)));
  }

  private boolean isStack() {
    return site.inputStructure() instanceof FactorStructure.Stack;
  }

  private Operand<T> joined(Ops tf, Tap<T> tap, Function<Tap.Flow<T>, Operand<T>> rows) {
    return Sums.joined(tf, tap.flows().stream().map(rows).toList(), -2);
  }

  /** {@code [n, positions, sizes]} of {@code [n, ..., product of sizes]}. */
  private static <T extends TNumber> Operand<T> rows(Ops tf, Operand<T> value, int... sizes) {
    int rank = value.shape().numDimensions();
    Operand<TInt32> between =
        tf.slice(tf.shape(value), tf.array(1), tf.array(Math.max(0, rank - 2)));
    List<Operand<TInt32>> shape = new ArrayList<>();
    shape.add(tf.constant(-1));
    shape.add(tf.reduceProd(between, tf.constant(0)));
    for (int size : sizes) {
      shape.add(tf.constant(size));
    }
    return tf.reshape(value, tf.stack(shape));
  }
}
