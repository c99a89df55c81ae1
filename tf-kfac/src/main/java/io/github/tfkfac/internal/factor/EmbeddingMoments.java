package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.SecondMoments;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Second moments of an embedding, a dense layer whose inputs are unit vectors: how often every row
 * of the table was looked up.
 *
 * <p><i>Shapes</i>: input {@code [N, ...]}, the indices, of an integer type whatever T says;
 * gradient {@code [N, ..., outputs]}. {@code inputSum} is the diagonal {@code [rows]}, {@code
 * gradientSum} is {@code [outputs, outputs]}.
 *
 * <p>Reduced to one row per example the input is the example's frequencies, {@code [N, rows]},
 * which are written out; of their second moments the diagonal is kept.
 */
public record EmbeddingMoments(int rows, int outputs) implements LayerMoments {

  public EmbeddingMoments {
    if (rows <= 0 || outputs <= 0) {
      throw new IllegalArgumentException(
          "expected an embedding with positive sizes, found rows %d and outputs %d"
              .formatted(rows, outputs));
    }
  }

  @Override
  public <T extends TNumber> SecondMoments<T> of(
      Ops tf, Operand<T> input, Operand<T> gradient, Kept kept) {
    Sums.requireLast("output gradient", gradient, outputs);
    Operand<T> g = Sums.asRows(tf, gradient, outputs);
    return new SecondMoments<>(
        kept.input() instanceof Identity
            ? Sums.nothing(tf, gradient.type())
            : counts(tf, tf.reshape(input, tf.array(-1)), tf.constant(rows), gradient),
        Sums.kept(tf, g, kept.gradient()),
        Sums.count(tf, g, 0),
        Sums.count(tf, gradient, 0));
  }

  @Override
  public <T extends TNumber> LayerRows<T> reduced(Ops tf, Operand<T> input, Operand<T> gradient) {
    Operand<TInt32> examples = Sums.size(tf, input, 0);
    Operand<T> g = Sums.byExample(tf, gradient, examples, outputs);
    Operand<T> positions = Sums.count(tf, g, 1);
    Operand<TInt64> firstOfExample =
        tf.math.mul(
            tf.range(tf.constant(0L), tf.dtypes.cast(examples, TInt64.class), tf.constant(1L)),
            tf.constant((long) rows));
    Operand<TInt64> indices =
        tf.dtypes.cast(
            tf.reshape(input, tf.stack(List.of(examples, tf.constant(-1)))), TInt64.class);
    Operand<TInt64> cells = tf.math.add(indices, tf.expandDims(firstOfExample, tf.constant(1)));
    Operand<T> counts =
        counts(
            tf,
            tf.reshape(cells, tf.array(-1)),
            tf.math.mul(examples, tf.constant(rows)),
            gradient);
    Operand<T> frequencies = tf.math.div(tf.reshape(counts, tf.array(-1, rows)), positions);
    return LayerRows.of(tf, frequencies, Bias.ABSENT, Sums.overPositions(tf, g), positions);
  }

  private static <T extends TNumber> Operand<T> counts(
      Ops tf, Operand<? extends TNumber> indices, Operand<TInt32> length, Operand<T> like) {
    Operand<T> ones = tf.fill(tf.shape(indices), tf.constantOfSameType(like, 1));
    return tf.math.unsortedSegmentSum(ones, indices, length);
  }
}
