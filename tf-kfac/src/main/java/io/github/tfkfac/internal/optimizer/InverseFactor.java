package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.PreconditioningPrecision;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.linalg.LowPrecision;
import io.github.tfkfac.internal.precondition.FactorProduct;
import io.github.tfkfac.internal.precondition.Side;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Factor with the inverse of the damped one at the last refresh. */
final class InverseFactor<T extends TNumber> extends KroneckerFactor<T> {

  final Optional<GraphVariable<T>> inverse;

  /** How often a certified refresh took one more step, and how often the exact solver. */
  final Optional<GraphVariable<TInt64>> repairs;

  private final PreconditioningPrecision precision;

  /**
   * Creates the variables.
   *
   * @param certified whether refreshes are probed
   */
  InverseFactor(
      CapturedLayer<T> layer,
      Side side,
      Estimation estimation,
      boolean certified,
      PreconditioningPrecision precision) {
    super(layer, side, estimation);
    precision.requireFits(layer.type(), layer.site().name());
    this.precision = precision;
    this.inverse = isDerivedHere() ? Optional.of(identity(name() + "_inverse")) : Optional.empty();
    this.repairs =
        certified && isDerivedHere() && !isDiagonal()
            ? Optional.of(layer.counters(name() + "_repairs", 2))
            : Optional.empty();
  }

  /** A gradient times the inverse, on the factor's side. */
  Operand<T> precondition(Ops tf, Operand<T> gradient) {
    return inverse.map(variable -> product(tf, variable.read(tf), gradient)).orElse(gradient);
  }

  private Operand<T> product(Ops tf, Operand<T> inverse, Operand<T> gradient) {
    Shape shape = structure.shape();
    long order = shape.get(shape.numDimensions() - 1);
    return !isDiagonal() && precision.isLowered(order, layer.type())
        ? LowPrecision.of(
            tf, inverse, gradient, (b, d) -> FactorProduct.of(tf, side, structure, b, d))
        : FactorProduct.of(tf, side, structure, inverse, gradient);
  }
}
