package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Normalization composed of elementary operations, for any floating-point type. */
record ComposedNormalization<T extends TNumber>(
    LayerContext<T> context, Operand<T> gamma, Operand<T> beta, double epsilon)
    implements Normalization<T> {

  @Override
  public Operand<T> byMoments(Operand<T> images, Operand<T> mean, Operand<T> variance) {
    Ops tf = context.tf();
    Operand<T> inverseDeviation = tf.math.rsqrt(tf.math.add(variance, context.scalar(epsilon)));
    Operand<T> standardized = tf.math.mul(tf.math.sub(images, mean), inverseDeviation);
    return tf.math.add(tf.math.mul(standardized, gamma), beta);
  }

  @Override
  public Batch<T> byBatch(Operand<T> images) {
    Ops tf = context.tf();
    Operand<T> mean = channelMean(images);
    // The variance is stationary in the mean, so no gradient is lost by stopping it here.
    Operand<T> variance = channelMean(tf.math.squaredDifference(images, tf.stopGradient(mean)));
    return new Batch<>(
        byMoments(images, mean, variance), mean, tf.math.mul(variance, sampleCorrection(images)));
  }

  /** {@code n / (n - 1)} for the n entries of a channel; 1 where n is 1. */
  private Operand<T> sampleCorrection(Operand<T> images) {
    Ops tf = context.tf();
    Operand<TInt64> batchAndPlane =
        tf.slice(
            tf.shape(images, TInt64.class),
            tf.constant(new long[] {0}),
            tf.constant(new long[] {3}));
    Operand<T> count = tf.dtypes.cast(tf.reduceProd(batchAndPlane, tf.constant(0)), context.type());
    Operand<T> one = context.scalar(1);
    return tf.math.div(count, tf.math.maximum(tf.math.sub(count, one), one));
  }

  private Operand<T> channelMean(Operand<T> images) {
    return context.tf().math.mean(images, context.tf().constant(new int[] {0, 1, 2}));
  }
}
