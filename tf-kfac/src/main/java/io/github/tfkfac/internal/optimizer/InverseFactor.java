package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.precondition.FactorProduct;
import io.github.tfkfac.internal.precondition.Side;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Factor with the inverse of the damped one at the last refresh. */
final class InverseFactor<T extends TNumber> extends KroneckerFactor<T> {

  final Optional<GraphVariable<T>> inverse;

  /** How often a certified refresh took one more step, and how often the exact solver. */
  final Optional<GraphVariable<TInt64>> repairs;

  /**
   * Creates the variables.
   *
   * @param certified whether refreshes are probed
   */
  InverseFactor(CapturedLayer<T> layer, Side side, Estimation estimation, boolean certified) {
    super(layer, side, estimation);
    this.inverse = isKept() ? Optional.of(identity(name() + "_inverse")) : Optional.empty();
    this.repairs =
        certified && isKept() && !isDiagonal()
            ? Optional.of(layer.counters(name() + "_repairs", 2))
            : Optional.empty();
  }

  /** A gradient times the inverse, on the factor's side. */
  Operand<T> precondition(Ops tf, Operand<T> gradient) {
    return inverse
        .map(variable -> FactorProduct.of(tf, side, structure, variable.read(tf), gradient))
        .orElse(gradient);
  }
}
