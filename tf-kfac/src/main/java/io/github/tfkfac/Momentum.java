package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.update.Hyperparameters;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Momentum with coupled weight decay: {@code d = v + wd w; m = mu m + d}, then {@code w = w - lr m}
 * or, with Nesterov's look-ahead, {@code w = w - lr (d + mu m)}.
 *
 * <p>No dampening; the first step has {@code m = d}. Source: Sun et al. 2023 (NKFAC), Algorithm 2;
 * with the plain gradient as {@code v} it is SGD with momentum. Nesterov's step looks ahead to
 * where momentum alone would carry the weight: Sutskever et al. 2013, in the form that keeps the
 * weights at the looked-ahead point (Bengio et al. 2013, eq. 7), as PyTorch's SGD has it.
 *
 * @param momentum {@code mu} at each step, in [0, 1)
 * @param form the step that follows the accumulation
 */
public record Momentum(Schedule momentum, Form form) implements UpdateRule {

  /** Step that follows the accumulation. */
  public enum Form {
    /** Along the accumulated directions. */
    HEAVY_BALL,
    /** With Nesterov's look-ahead. */
    NESTEROV
  }

  public Momentum {
    Hyperparameters.requireFraction("momentum", momentum);
  }

  /** Heavy-ball momentum. */
  public Momentum(Schedule momentum) {
    this(momentum, Form.HEAVY_BALL);
  }

  /** The same heavy-ball momentum at every step. */
  public Momentum(double momentum) {
    this(Hyperparameters.fraction("momentum", momentum));
  }

  /** The same Nesterov momentum at every step. */
  public static Momentum nesterov(double momentum) {
    return new Momentum(Hyperparameters.fraction("momentum", momentum), Form.NESTEROV);
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
    Operand<T> step =
        switch (form) {
          case HEAVY_BALL -> accumulated;
          case NESTEROV -> tf.math.add(decayed, tf.math.mul(accumulated, mu));
        };
    return new Result<>(
        tf.math.sub(context.weight(), tf.math.mul(step, context.learningRate())),
        List.of(accumulated));
  }
}
