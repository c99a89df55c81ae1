package io.github.tfkfac;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * {@code initial * factor^n} with n the number of milestones that are reached, {@code milestone <=
 * t}.
 *
 * @param initial value before the first milestone
 * @param factor multiplier at every milestone
 * @param steps the milestones, ascending
 */
public record Milestones(double initial, double factor, List<Long> steps) implements Schedule {

  public Milestones {
    steps = List.copyOf(steps);
    if (!Double.isFinite(initial) || !Double.isFinite(factor)) {
      throw new IllegalArgumentException(
          "expected finite values in a schedule with milestones, found "
              + initial
              + " and factor "
              + factor);
    }
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) < 1 || (i > 0 && steps.get(i) <= steps.get(i - 1))) {
        throw new IllegalArgumentException(
            "expected ascending milestones from step 1 on, found " + steps);
      }
    }
  }

  @Override
  public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
    List<Operand<TFloat64>> factors = new ArrayList<>(List.of(tf.constant(initial)));
    for (long milestone : steps) {
      factors.add(
          tf.select(
              tf.math.greaterEqual(step, tf.constant(milestone)),
              tf.constant(factor),
              tf.constant(1.0)));
    }
    return factors.stream().reduce((a, b) -> tf.math.mul(a, b)).orElseThrow();
  }
}
