package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.family.TNumber;

/**
 * Group normalization (Wu and He, 2018, eqs. 1, 2, 6 and 7): {@code y = gamma (x - mean) /
 * sqrt(variance + ε) + beta}, with mean and variance (divided by n) of each image's groups of
 * neighboring channels. Training and inference do the same.
 *
 * <p><i>Shapes</i>: input and output {@code [N, H, W, C]}, where {@code groups} divides C;
 * parameters {@code gamma} and {@code beta}, each {@code [C]}.
 *
 * <p><i>Numerics</i>: float32 or float64; the variance is computed from distances to the mean.
 *
 * @param groups number of groups
 * @param epsilon added to the variance
 * @param scale initial gamma
 */
public record GroupNorm(int groups, double epsilon, Initializer scale) implements Layer {

  private static final double DEFAULT_EPSILON = 1e-5;

  public GroupNorm {
    Checks.positive("groups of GroupNorm", groups);
    Checks.atLeastZero("epsilon of GroupNorm", epsilon);
  }

  /** Epsilon 1e-5, gamma initially 1. */
  public GroupNorm(int groups) {
    this(groups, DEFAULT_EPSILON, Initializer.ones());
  }

  /** The same with other initial values of the scale. */
  public GroupNorm withScale(Initializer newScale) {
    return new GroupNorm(groups, epsilon, newScale);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    long channels = Checks.shape(context, input, 4).get(3);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          String.format(
              "expected a multiple of %d channels, the number of groups, in layer '%s', found %d:"
                  + " choose a divisor of the channels",
              groups, context.path(), channels));
    }
    Ops tf = context.tf();
    Shape perChannel = Shape.of(channels);
    Operand<T> gamma = context.trainable("gamma", perChannel, new Axes.PerChannel(), scale);
    Operand<T> beta =
        context.trainable("beta", perChannel, new Axes.PerChannel(), Initializer.zeros());
    Operand<T> centered = tf.math.sub(input, groupMean(tf, input, channels));
    Operand<T> variance = groupMean(tf, tf.math.square(centered), channels);
    Operand<T> inverseDeviation = tf.math.rsqrt(tf.math.add(variance, context.scalar(epsilon)));
    return tf.math.add(tf.math.mul(centered, tf.math.mul(inverseDeviation, gamma)), beta);
  }

  /** The mean of each image's groups, for every channel of a group: {@code [N, 1, 1, C]}. */
  private <T extends TNumber> Operand<T> groupMean(Ops tf, Operand<T> images, long channels) {
    Operand<T> planeMean = tf.math.mean(images, tf.constant(new int[] {1, 2}));
    long[] grouped = {-1, groups, channels / groups};
    Operand<T> mean =
        tf.math.mean(
            tf.reshape(planeMean, tf.constant(grouped)),
            tf.constant(new int[] {2}),
            Mean.keepDims(true));
    Operand<T> perChannel = tf.tile(mean, tf.constant(new long[] {1, 1, channels / groups}));
    return tf.reshape(perChannel, tf.constant(new long[] {-1, 1, 1, channels}));
  }
}
