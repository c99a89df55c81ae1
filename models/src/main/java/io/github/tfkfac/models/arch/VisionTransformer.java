package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Axes;
import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.LayerNorm;
import io.github.tfkfac.models.layer.Padding;
import io.github.tfkfac.models.layer.SelfAttention;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * A vision transformer (Dosovitskiy et al., 2021, eqs. 1 to 4): patches as tokens, learned
 * positions, blocks of self-attention and of a perceptron with GELU, each behind a layer
 * normalization and beside a shortcut. The mean of the tokens is classified, without a class token
 * (Beyer et al., 2022).
 *
 * @param patch side of a square patch in pixels, which divides height and width of the images
 * @param width numbers of a token
 * @param depth blocks
 * @param heads heads of the attention, a divisor of the width
 */
public record VisionTransformer(int patch, int width, int depth, int heads)
    implements Architecture {

  private static final double POSITION_DEVIATION = 0.02;

  public VisionTransformer {
    if (patch <= 0 || width <= 0 || depth <= 0 || heads <= 0 || width % heads != 0) {
      throw new IllegalArgumentException(
          String.format(
              "expected a patch, a width, a depth and heads > 0 of a vision transformer, the width"
                  + " a multiple of the heads, found %d, %d, %d and %d",
              patch, width, depth, heads));
    }
  }

  /** Patches of 4 pixels, 4 blocks of 64 numbers a token, 4 heads: for images like CIFAR's. */
  public static VisionTransformer small() {
    return new VisionTransformer(4, 64, 4, 4);
  }

  @Override
  public String name() {
    return "vit";
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Shape shape = images.shape();
    if (shape.get(1) % patch != 0 || shape.get(2) % patch != 0) {
      throw new IllegalArgumentException(
          String.format(
              "expected images whose height and width are multiples of the patch of %d pixels,"
                  + " found %d×%d; choose another model or image size",
              patch, shape.get(1), shape.get(2)));
    }
    Ops tf = context.tf();
    Operand<T> grid =
        new Convolution(width, patch)
            .withStride(patch)
            .withPadding(Padding.valid())
            .withBias(Bias.ZERO_AT_START)
            .withInitializer(Initializer.glorotUniform())
            .apply(context.in("patches"), images);
    long tokens = shape.get(1) / patch * (shape.get(2) / patch);
    Operand<T> positions =
        context.trainable(
            "positions",
            Shape.of(tokens, width),
            new Axes.Dense(),
            Initializer.normal(POSITION_DEVIATION));
    Operand<T> embedded =
        tf.math.add(tf.reshape(grid, tf.constant(new long[] {-1, tokens, width})), positions);
    Operand<T> rows = tf.reshape(embedded, tf.constant(new long[] {-1, width}));
    for (int i = 0; i < depth; i++) {
      rows = block(context.in("block" + i), rows, tokens);
    }
    Operand<T> normalized = new LayerNorm().apply(context.in("norm"), rows);
    Operand<T> mean =
        tf.math.mean(
            tf.reshape(normalized, tf.constant(new long[] {-1, tokens, width})), tf.constant(1));
    return new Dense(classes).apply(context.in("linear"), mean);
  }

  private <T extends TNumber> Operand<T> block(
      LayerContext<T> context, Operand<T> rows, long tokens) {
    Ops tf = context.tf();
    Operand<T> attended =
        new SelfAttention(heads, tokens)
            .apply(context.in("attention"), new LayerNorm().apply(context.in("norm0"), rows));
    Operand<T> sum = tf.math.add(rows, attended);
    Operand<T> hidden =
        dense(2 * width)
            .apply(context.in("dense0"), new LayerNorm().apply(context.in("norm1"), sum));
    return tf.math.add(sum, dense(width).apply(context.in("dense1"), gelu(context, hidden)));
  }

  /** {@code x Φ(x)} (Hendrycks and Gimpel, 2016). */
  private static <T extends TNumber> Operand<T> gelu(LayerContext<T> context, Operand<T> x) {
    Ops tf = context.tf();
    Operand<T> erf = tf.math.erf(tf.math.mul(x, context.scalar(Math.sqrt(0.5))));
    return tf.math.mul(x, tf.math.mul(tf.math.add(erf, context.scalar(1)), context.scalar(0.5)));
  }

  private static Dense dense(int units) {
    return new Dense(units).withInitializer(Initializer.glorotUniform());
  }
}
