package io.github.tfkfac.update;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Heavy-ball momentum with coupled weight decay: {@code d = v + wd w; m = mu m + d; w = w - lr m}.
 *
 * <p>No dampening, no Nesterov look-ahead; the first step has {@code m = d}. Source: Sun et al.
 * 2023 (NKFAC), Algorithm 2; with the plain gradient as {@code v} it is SGD with momentum.
 *
 * @param momentum {@code mu} in [0, 1)
 */
public record Momentum(double momentum) implements UpdateRule {

  public Momentum {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("expected momentum in [0, 1), found " + momentum);
    }
  }

  @Override
  public List<String> slots() {
    return List.of("momentum");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> decayed = context.direction();
    if (context.weightDecay() != 0) {
      decayed =
          tf.math.add(
              decayed,
              tf.math.mul(context.weight(), tf.constant(context.type(), context.weightDecay())));
    }
    Operand<T> accumulated =
        tf.math.add(
            tf.math.mul(context.slots().get(0), tf.constant(context.type(), momentum)), decayed);
    Operand<T> weight =
        tf.math.sub(context.weight(), tf.math.mul(accumulated, context.learningRate()));
    return new Result<>(weight, List.of(accumulated));
  }
}
