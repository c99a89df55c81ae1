package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.precondition.EigenSide;
import io.github.tfkfac.internal.precondition.Side;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Factor with its eigenvectors, of which a diagonal one needs none, and eigenvalues. */
final class EigenFactor<T extends TNumber> extends KroneckerFactor<T> {

  final Optional<GraphVariable<T>> basis;
  final Optional<GraphVariable<T>> eigenvalues;

  EigenFactor(CapturedLayer<T> layer, Side side) {
    super(layer, side, Estimation.AVERAGED);
    Shape shape = structure.shape();
    Shape values = isDiagonal() ? shape : shape.subShape(0, shape.numDimensions() - 1);
    this.eigenvalues =
        isDerivedHere()
            ? Optional.of(layer.variable(name() + "_eigenvalues", values, 1))
            : Optional.empty();
    this.basis =
        EigenSide.hasBasis(structure) && isDerivedHere()
            ? Optional.of(identity(name() + "_basis"))
            : Optional.empty();
  }

  /** The factor's side in its eigenbasis at the last refresh. */
  EigenSide<T> side(Ops tf) {
    return new EigenSide<>(structure, vectors(tf), () -> values(tf));
  }

  Optional<Operand<T>> vectors(Ops tf) {
    return basis.map(variable -> variable.read(tf));
  }

  /** The eigenvalues, 1 if nothing is kept. */
  Operand<T> values(Ops tf) {
    return eigenvalues
        .map((GraphVariable<T> variable) -> variable.read(tf))
        .orElseGet(() -> tf.fill(tf.array(structure.size()), tf.constant(layer.type(), 1)));
  }
}
