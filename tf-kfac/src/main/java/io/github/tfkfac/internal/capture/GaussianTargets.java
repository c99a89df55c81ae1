package io.github.tfkfac.internal.capture;

import io.github.tfkfac.Averaging;
import io.github.tfkfac.PredictiveDistribution;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Independent normal targets around the model's output, with precision c.
 *
 * <p>Drawn: {@code √c ε/N} with ε normal; columns: {@code √c e_k/N}.
 */
public record GaussianTargets<T extends TNumber>(
    Operand<T> output, double precision, Averaging averaging) implements PredictiveDistribution<T> {

  public GaussianTargets {
    if (!(precision > 0 && Double.isFinite(precision))) {
      throw new IllegalArgumentException(
          "expected a Gaussian distribution's precision > 0, found " + precision);
    }
  }

  @Override
  public Operand<T> sampledGradient(Ops tf, Operand<TInt64> seeds) {
    return tf.math.mul(
        tf.random.statelessRandomNormal(tf.shape(output), seeds, output.type()), scale(tf));
  }

  @Override
  public List<Operand<T>> hessianRootColumns(Ops tf) {
    return HessianRoot.diagonal(tf, tf.math.mul(tf.onesLike(output), scale(tf)));
  }

  @Override
  public PredictiveDistribution<T> of(Operand<T> passed) {
    return new GaussianTargets<>(passed, precision, averaging);
  }

  private Operand<T> scale(Ops tf) {
    return tf.math.div(
        tf.constant(output.type(), Math.sqrt(precision)), averaging.terms(tf, output));
  }
}
