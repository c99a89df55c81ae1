package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Batch normalization (Ioffe and Szegedy, 2015): {@code y = gamma (x - mean) / sqrt(variance + ε) +
 * beta} per channel.
 *
 * <p>Training takes mean and variance (divided by n) from the batch and moves the averages, {@code
 * moving = momentum * moving + (1 - momentum) * batch}, there with the variance divided by n − 1;
 * inference takes the moving averages.
 *
 * <p><i>Shapes</i>: input and output {@code [N, H, W, C]} or {@code [N, C]}; parameters {@code
 * gamma}, {@code beta}, {@code moving_mean}, {@code moving_variance}, each {@code [C]}.
 *
 * <p><i>Numerics</i>: float32 uses TensorFlow's fused operation; it has no float64 form, so float64
 * is composed of elementary operations.
 *
 * @param momentum weight of the old moving average
 * @param epsilon added to the variance
 * @param scale initial gamma
 */
public record BatchNorm(double momentum, double epsilon, Initializer scale) implements Layer {

  /** Momentum of 0.1 in PyTorch, where it is the weight of the new statistics. */
  private static final double DEFAULT_MOMENTUM = 0.9;

  private static final double DEFAULT_EPSILON = 1e-5;

  public BatchNorm {
    Checks.fraction("momentum of BatchNorm", momentum);
    Checks.atLeastZero("epsilon of BatchNorm", epsilon);
  }

  /** Momentum 0.9, epsilon 1e-5, gamma initially 1. */
  public BatchNorm() {
    this(DEFAULT_MOMENTUM, DEFAULT_EPSILON, Initializer.ones());
  }

  /** The same with another share of the old moving statistics kept at a step. */
  public BatchNorm withMomentum(double newMomentum) {
    return new BatchNorm(newMomentum, epsilon, scale);
  }

  /** The same with another number added to the variance. */
  public BatchNorm withEpsilon(double newEpsilon) {
    return new BatchNorm(momentum, newEpsilon, scale);
  }

  /** The same with other initial values of the scale. */
  public BatchNorm withScale(Initializer newScale) {
    return new BatchNorm(momentum, epsilon, newScale);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    Shape shape = Checks.shape(context, input, 2, 4);
    if (shape.numDimensions() == 4) {
      return applyToImages(context, input);
    }
    Ops tf = context.tf();
    long channels = shape.get(1);
    Operand<T> images = tf.reshape(input, tf.constant(new long[] {-1, 1, 1, channels}));
    return tf.reshape(applyToImages(context, images), tf.constant(new long[] {-1, channels}));
  }

  private <T extends TNumber> Operand<T> applyToImages(LayerContext<T> context, Operand<T> images) {
    Ops tf = context.tf();
    Shape channels = Shape.of(images.shape().get(3));
    Parameter<T> movingMean = context.statistic("moving_mean", channels, Initializer.zeros());
    Parameter<T> movingVariance =
        context.statistic("moving_variance", channels, Initializer.ones());
    Normalization<T> normalization =
        normalization(
            context,
            context.trainable("gamma", channels, new Axes.PerChannel(), scale),
            context.trainable("beta", channels, new Axes.PerChannel(), Initializer.zeros()));
    if (context.mode() instanceof Mode.Inference) {
      return normalization.byMoments(
          images, tf.identity(movingMean.variable()), tf.identity(movingVariance.variable()));
    }
    Normalization.Batch<T> batch = normalization.byBatch(images);
    move(context, movingMean, batch.mean());
    move(context, movingVariance, batch.sampleVariance());
    return batch.output();
  }

  private <T extends TNumber> Normalization<T> normalization(
      LayerContext<T> context, Operand<T> gamma, Operand<T> beta) {
    return context.type().equals(TFloat32.class)
        ? new FusedNormalization<>(context, gamma, beta, (float) epsilon)
        : new ComposedNormalization<>(context, gamma, beta, epsilon);
  }

  private <T extends TNumber> void move(
      LayerContext<T> context, Parameter<T> average, Operand<T> batch) {
    context
        .store()
        .addUpdate(
            tf -> {
              Operand<T> distance = tf.math.sub(tf.identity(average.variable()), batch);
              Operand<T> rate = tf.constant(context.type(), 1 - momentum);
              return tf.assignSub(average.variable(), tf.math.mul(distance, rate));
            });
  }
}
