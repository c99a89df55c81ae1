package io.github.tfkfac.models.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Dropout (Srivastava et al., 2014): in training each entry is zeroed with probability {@code rate}
 * and the others are divided by {@code 1 - rate}; in inference nothing happens.
 *
 * <p><i>Numerics</i>: the choice depends on the seed, the layer's path and the step only, so a
 * resumed run drops the same entries.
 *
 * @param rate probability of zeroing, at least 0 and below 1
 */
public record Dropout(double rate) implements Layer {

  public Dropout {
    Checks.fraction("rate of dropout", rate);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    if (rate > 0 && context.mode() instanceof Mode.Training training) {
      Operand<T> kept = kept(context, input, training.step());
      return context.tf().math.mul(input, kept);
    }
    return input;
  }

  /** {@code 1 / (1 - rate)} where an entry is kept, 0 where it is dropped. */
  private <T extends TNumber> Operand<T> kept(
      LayerContext<T> context, Operand<T> input, Operand<TInt64> step) {
    Ops tf = context.tf();
    Seed layer = context.store().seed(context.path() + "/dropout");
    Operand<TInt64> key = tf.stack(List.of(tf.constant(layer.first()), step));
    Operand<TFloat32> uniform =
        tf.random.statelessRandomUniform(tf.shape(input), key, TFloat32.class);
    Operand<T> indicator =
        tf.dtypes.cast(tf.math.greaterEqual(uniform, tf.constant((float) rate)), context.type());
    return tf.math.mul(indicator, context.scalar(1 / (1 - rate)));
  }
}
