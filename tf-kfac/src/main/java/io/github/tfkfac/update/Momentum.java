package io.github.tfkfac.update;

import io.github.tfkfac.schedule.Schedule;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Heavy-ball momentum with coupled weight decay: {@code d = v + wd w; m = mu m + d; w = w - lr m}.
 *
 * <p>No dampening, no Nesterov look-ahead (see {@link Nesterov}); the first step has {@code m = d}.
 * Source: Sun et al. 2023 (NKFAC), Algorithm 2; with the plain gradient as {@code v} it is SGD with
 * momentum.
 *
 * @param momentum {@code mu} at each step, in [0, 1)
 */
public record Momentum(Schedule momentum) implements UpdateRule {

  public Momentum {
    Hyperparameters.requireFraction("momentum", momentum);
  }

  /** The same momentum at every step. */
  public Momentum(double momentum) {
    this(Hyperparameters.fraction("momentum", momentum));
  }

  @Override
  public List<String> slots() {
    return List.of("momentum");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> accumulated =
        tf.math.add(
            tf.math.mul(context.slot(0), context.at(momentum)), context.decayedDirection(tf));
    return new Result<>(
        tf.math.sub(context.weight(), tf.math.mul(accumulated, context.learningRate())),
        List.of(accumulated));
  }
}
