package io.github.tfkfac.update;

import io.github.tfkfac.schedule.Schedule;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Nesterov's momentum with coupled weight decay: {@code d = v + wd w; m = mu m + d; w = w - lr (d +
 * mu m)}.
 *
 * <p>The step looks ahead to where momentum alone would carry the weight. Source: Sutskever et al.
 * 2013, in the form that keeps the weights at the looked-ahead point (Bengio et al. 2013, eq. 7),
 * as PyTorch's SGD has it.
 *
 * @param momentum {@code mu} at each step, in [0, 1)
 */
public record Nesterov(Schedule momentum) implements UpdateRule {

  public Nesterov {
    Hyperparameters.requireFraction("momentum", momentum);
  }

  /** The same momentum at every step. */
  public Nesterov(double momentum) {
    this(Hyperparameters.fraction("momentum", momentum));
  }

  @Override
  public List<String> slots() {
    return List.of("momentum");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> mu = context.at(momentum);
    Operand<T> decayed = context.decayedDirection(tf);
    Operand<T> accumulated = tf.math.add(tf.math.mul(context.slot(0), mu), decayed);
    Operand<T> ahead = tf.math.add(decayed, tf.math.mul(accumulated, mu));
    return new Result<>(
        tf.math.sub(context.weight(), tf.math.mul(ahead, context.learningRate())),
        List.of(accumulated));
  }
}
