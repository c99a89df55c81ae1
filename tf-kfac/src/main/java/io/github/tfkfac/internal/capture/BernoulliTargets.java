package io.github.tfkfac.internal.capture;

import io.github.tfkfac.Averaging;
import io.github.tfkfac.PredictiveDistribution;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Independent Bernoulli targets with probabilities {@code p = sigmoid(z)}.
 *
 * <p>Drawn: {@code (p - y)/N} with {@code y ~ p}; columns: {@code √(p_k(1 - p_k)) e_k/N}.
 */
public record BernoulliTargets<T extends TNumber>(Operand<T> output, Averaging averaging)
    implements PredictiveDistribution<T> {

  public BernoulliTargets {
    if (output.op().type().equals("Sigmoid")) {
      throw new IllegalArgumentException(
          "expected logits of a Bernoulli distribution, found the probabilities '%s'; pass what goes into the sigmoid"
              .formatted(output.op().name()));
    }
  }

  @Override
  public Operand<T> sampledGradient(Ops tf, Operand<TInt64> seeds) {
    Operand<T> probabilities = tf.math.sigmoid(output);
    Operand<T> uniform = tf.random.statelessRandomUniform(tf.shape(output), seeds, output.type());
    Operand<T> targets = tf.dtypes.cast(tf.math.less(uniform, probabilities), output.type());
    return averaged(tf, tf.math.sub(probabilities, targets));
  }

  @Override
  public List<Operand<T>> hessianRootColumns(Ops tf) {
    Operand<T> variance =
        tf.math.mul(tf.math.sigmoid(output), tf.math.sigmoid(tf.math.neg(output)));
    return HessianRoot.diagonal(tf, averaged(tf, tf.math.sqrt(variance)));
  }

  @Override
  public PredictiveDistribution<T> of(Operand<T> passed) {
    return new BernoulliTargets<>(passed, averaging);
  }

  private Operand<T> averaged(Ops tf, Operand<T> gradient) {
    return tf.math.div(gradient, averaging.terms(tf, output));
  }
}
