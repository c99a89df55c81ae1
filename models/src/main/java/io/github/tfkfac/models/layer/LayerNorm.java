package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.family.TNumber;

/**
 * Layer normalization (Ba et al., 2016, eq. 4): {@code y = gamma (x - mean) / sqrt(variance + ε) +
 * beta}, with mean and variance (divided by C) of each row. Training and inference do the same.
 *
 * <p><i>Shapes</i>: input and output {@code [rows, C]}; parameters {@code gamma} and {@code beta},
 * each {@code [C]}, initially 1 and 0.
 *
 * @param epsilon added to the variance
 */
public record LayerNorm(double epsilon) implements Layer {

  private static final double DEFAULT_EPSILON = 1e-6;

  public LayerNorm {
    Checks.atLeastZero("epsilon of LayerNorm", epsilon);
  }

  /** Epsilon 1e-6. */
  public LayerNorm() {
    this(DEFAULT_EPSILON);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    Shape perChannel = Shape.of(Checks.shape(context, input, 2).get(1));
    Ops tf = context.tf();
    Operand<T> gamma =
        context.trainable("gamma", perChannel, new Axes.PerChannel(), Initializer.ones());
    Operand<T> beta =
        context.trainable("beta", perChannel, new Axes.PerChannel(), Initializer.zeros());
    Operand<T> centered = tf.math.sub(input, rowMean(tf, input));
    Operand<T> variance = rowMean(tf, tf.math.square(centered));
    Operand<T> inverseDeviation = tf.math.rsqrt(tf.math.add(variance, context.scalar(epsilon)));
    return tf.math.add(tf.math.mul(tf.math.mul(centered, inverseDeviation), gamma), beta);
  }

  private static <T extends TNumber> Operand<T> rowMean(Ops tf, Operand<T> rows) {
    return tf.math.mean(rows, tf.constant(1), Mean.keepDims(true));
  }
}
