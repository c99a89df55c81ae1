package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.family.TNumber;

/**
 * Multi-head self-attention (Vaswani et al., 2017, section 3.2): for every head {@code softmax(Q Kᵀ
 * / √d) V} with {@code d = width / heads}, the heads side by side through one more dense layer. The
 * dense layers are {@code query}, {@code key}, {@code value} and {@code output}, so that each has
 * factors of its own.
 *
 * <p><i>Shapes</i>: input and output {@code [N · tokens, width]}, the tokens of an example in
 * successive rows.
 *
 * @param heads number of heads, a divisor of the width
 * @param tokens number of tokens of an example
 */
public record SelfAttention(int heads, long tokens) implements Layer {

  public SelfAttention {
    Checks.positive("heads of an attention layer", heads);
    Checks.positive("tokens of an attention layer", tokens);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    long width = Checks.shape(context, input, 2).get(1);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          String.format(
              "expected a width of a multiple of %d, the number of heads, in layer '%s', found %d:"
                  + " choose a divisor of the width",
              heads, context.path(), width));
    }
    Ops tf = context.tf();
    Operand<T> queries = split(context, "query", input, width);
    Operand<T> keys = split(context, "key", input, width);
    Operand<T> values = split(context, "value", input, width);
    Operand<T> products = tf.train.batchMatMul(queries, keys, input.type(), BatchMatMul.adjY(true));
    Operand<T> scaled =
        tf.math.mul(products, context.scalar(1 / Math.sqrt((double) width / heads)));
    Operand<T> weights = tf.nn.softmax(scaled);
    Operand<T> heard = tf.train.batchMatMul(weights, values, input.type());
    Operand<T> rows =
        tf.reshape(
            tf.linalg.transpose(heard, tf.constant(new int[] {0, 2, 1, 3})),
            tf.constant(new long[] {-1, width}));
    return dense(width).apply(context.in("output"), rows);
  }

  /** A dense layer's outputs by head: {@code [N, heads, tokens, width / heads]}. */
  private <T extends TNumber> Operand<T> split(
      LayerContext<T> context, String name, Operand<T> input, long width) {
    Ops tf = context.tf();
    Operand<T> rows = dense(width).apply(context.in(name), input);
    Shape shape = Shape.of(-1, tokens, heads, width / heads);
    return tf.linalg.transpose(
        tf.reshape(rows, tf.constant(shape)), tf.constant(new int[] {0, 2, 1, 3}));
  }

  private static Dense dense(long width) {
    return new Dense(Math.toIntExact(width)).withInitializer(Initializer.glorotUniform());
  }
}
