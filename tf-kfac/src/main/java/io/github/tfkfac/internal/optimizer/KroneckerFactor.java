package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Quantity;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.internal.precondition.Side;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Averaged factor of one side of a layer; nothing is kept if its structure is the identity. */
public class KroneckerFactor<T extends TNumber> {

  /** Presence of a moving average of a factor. */
  enum Estimation {
    AVERAGED,
    OF_THE_BATCH
  }

  final CapturedLayer<T> layer;
  final Side side;
  final FactorStructure structure;

  /** Whether a worker has a moving average of it. */
  final boolean isAveraged;

  /** The average, if this worker has it. */
  final Optional<GraphVariable<T>> average;

  KroneckerFactor(CapturedLayer<T> layer, Side side, Estimation estimation) {
    this.layer = layer;
    this.side = side;
    this.structure = side.of(layer.inputStructure(), layer.outputStructure());
    this.isAveraged = isKept() && estimation == Estimation.AVERAGED;
    this.average =
        isAveraged && layer.isKeptHere()
            ? Optional.of(layer.variable(name(), structure.shape(), 0))
            : Optional.empty();
  }

  /** The age of what is derived from the factor. */
  final RefreshWork.Aged aged() {
    return new RefreshWork.Aged(
        layer.site().name(), side.of(Quantity.INPUT_AGE, Quantity.OUTPUT_AGE));
  }

  /** Whether any entry is kept. */
  final boolean isKept() {
    return !(structure instanceof FactorStructure.Identity);
  }

  final boolean isDiagonal() {
    return structure instanceof FactorStructure.Diagonal;
  }

  /** Whether this worker has what is derived from it. */
  final boolean isDerivedHere() {
    return isKept() && layer.isKeptHere();
  }

  /** Name of the factor, A or G. */
  final String name() {
    return side.of("A", "G");
  }

  /** Creates a variable in the structure's shape that starts as the identity. */
  final GraphVariable<T> identity(String name) {
    Shape shape = structure.shape();
    Class<T> type = layer.type();
    return isDiagonal()
        ? layer.variable(name, shape, 1)
        : layer.variable(
            name,
            shape,
            tf ->
                tf.linalg.matrixDiagV3(
                    tf.fill(
                        tf.constant(shape.subShape(0, shape.numDimensions() - 1)),
                        tf.constant(type, 1)),
                    tf.constant(0),
                    tf.constant(-1),
                    tf.constant(-1),
                    tf.constant(type, 0)));
  }

  /** The average; an empty vector if nothing is kept. */
  final Operand<T> value(Ops tf) {
    return average
        .map((GraphVariable<T> variable) -> variable.read(tf))
        .orElseGet(() -> tf.fill(tf.array(0), tf.constant(layer.type(), 0)));
  }

  /** Number that tells the damping how large the factor is. */
  final Operand<T> scale(Ops tf) {
    return layer.damping().scale().of(tf, structure, value(tf));
  }

  /** Roughly the multiplications of its inversion. */
  final double cost() {
    if (structure instanceof FactorStructure.Full full) {
      return Math.pow(full.size(), 3);
    }
    if (structure instanceof FactorStructure.Stack stack) {
      return stack.count() * Math.pow(stack.size(), 3);
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      return blocks.count() * Math.pow(blocks.blockSize(), 3);
    }
    return structure.entries();
  }
}
