package io.github.tfkfac.internal.damping;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.FactorScale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * {@code max(floor_A, share_A·λ_max(A))} for the input factor and {@code max(floor_G,
 * share_G·λ_max(G))} for the output-gradient factor.
 *
 * <p>The strength is A's share; under another strength G's share changes in proportion.
 *
 * @param input share and floor of A
 * @param output share and floor of G; its largest eigenvalue is found as that of A
 */
public record RelativePerFactor(Damping.Relative input, Damping.Relative output)
    implements Damping {

  public RelativePerFactor {
    if (!input.eigenvalue().equals(output.eigenvalue())) {
      throw new IllegalArgumentException(
          "expected one way to find the largest eigenvalue of both factors, found "
              + input.eigenvalue()
              + " and "
              + output.eigenvalue());
    }
  }

  @Override
  public FactorScale scale() {
    return input.scale();
  }

  @Override
  public boolean couplesFactors() {
    return false;
  }

  @Override
  public Schedule strength() {
    return input.share();
  }

  @Override
  public RelativePerFactor withStrength(Schedule other) {
    return new RelativePerFactor(
        input.withStrength(other),
        output.withStrength(new Proportional(other, output.share(), input.share())));
  }

  @Override
  public <T extends TNumber> FactorPair<T> of(
      Ops tf, FactorPair<T> scales, DampingContext context, Class<T> type) {
    Operand<TFloat64> share =
        Proportional.of(tf, context.strength(), output.share(), input.share(), context.step());
    DampingContext ofOutput = new DampingContext(share, context.step());
    return new FactorPair<>(
        input.of(tf, scales, context, type).input(),
        output.of(tf, scales, ofOutput, type).output());
  }

  /** {@code value · numerator / denominator}. */
  private record Proportional(Schedule value, Schedule numerator, Schedule denominator)
      implements Schedule {

    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
      return of(tf, value.at(tf, step), numerator, denominator, step);
    }

    static Operand<TFloat64> of(
        Ops tf,
        Operand<TFloat64> value,
        Schedule numerator,
        Schedule denominator,
        Operand<TInt64> step) {
      return tf.math.mul(value, tf.math.div(numerator.at(tf, step), denominator.at(tf, step)));
    }
  }
}
