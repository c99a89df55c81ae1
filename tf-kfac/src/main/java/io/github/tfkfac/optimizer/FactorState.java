package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.optimizer.Approximation.Eigenbases;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.optimizer.Approximation.LowRank;
import io.github.tfkfac.precondition.EigenSide;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.StateStore;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * State of one factor of a layer between steps; empty if its structure is the identity.
 *
 * @param structure which entries are kept
 * @param average moving average of the factor, if it is averaged
 * @param inverse inverse of the damped factor at the last refresh, if inverses are used
 * @param basis eigenvectors of the factor at the last refresh, if eigenbases are used (a diagonal
 *     factor needs none)
 * @param eigenvalues its eigenvalues at the last refresh, if eigenbases are used
 * @param repairs how often a refresh took one more step, and how often the exact solver, if
 *     refreshes are certified
 */
record FactorState<T extends TNumber>(
    FactorStructure structure,
    Optional<GraphVariable<T>> average,
    Optional<GraphVariable<T>> inverse,
    Optional<GraphVariable<T>> basis,
    Optional<GraphVariable<T>> eigenvalues,
    Optional<GraphVariable<TInt64>> repairs) {

  /**
   * Creates the variables.
   *
   * @param name name of the factor, such as {@code dense/kernel/A}
   */
  static <T extends TNumber> FactorState<T> create(
      StateStore store,
      String name,
      FactorStructure structure,
      Approximation approximation,
      Class<T> type) {
    Shape shape = structure.shape();
    boolean kept = !(structure instanceof FactorStructure.Identity);
    boolean diagonal = structure instanceof FactorStructure.Diagonal;
    boolean eigen = approximation instanceof Eigenbases;
    Optional<GraphVariable<T>> average = Optional.empty();
    if (kept && !(approximation instanceof LowRank)) {
      average = Optional.of(store.create(name, type, shape, tf -> filled(tf, shape, 0, type)));
    }
    Optional<GraphVariable<T>> inverse = Optional.empty();
    if (kept && !eigen) {
      inverse =
          Optional.of(
              store.create(
                  name + "_inverse",
                  type,
                  shape,
                  tf -> diagonal ? filled(tf, shape, 1, type) : identity(tf, shape, type)));
    }
    Optional<GraphVariable<T>> basis = Optional.empty();
    Optional<GraphVariable<T>> eigenvalues = Optional.empty();
    if (kept && eigen) {
      Shape values = diagonal ? shape : shape.subShape(0, shape.numDimensions() - 1);
      eigenvalues =
          Optional.of(
              store.create(name + "_eigenvalues", type, values, tf -> filled(tf, values, 1, type)));
      if (!diagonal) {
        basis =
            Optional.of(
                store.create(name + "_basis", type, shape, tf -> identity(tf, shape, type)));
      }
    }
    boolean certified =
        approximation instanceof Inverses inverses && inverses.certification().isPresent();
    Optional<GraphVariable<TInt64>> repairs = Optional.empty();
    if (kept && certified && !diagonal) {
      Shape counts = Shape.of(2);
      repairs =
          Optional.of(
              store.create(
                  name + "_repairs",
                  TInt64.class,
                  counts,
                  tf -> tf.zeros(tf.constant(counts), TInt64.class)));
    }
    return new FactorState<>(structure, average, inverse, basis, eigenvalues, repairs);
  }

  /** The factor's side in its eigenbasis at the last refresh. */
  EigenSide<T> eigenSide(Ops tf, Class<T> type) {
    Operand<T> values =
        eigenvalues
            .map((GraphVariable<T> variable) -> variable.read(tf))
            .orElseGet(() -> filled(tf, Shape.of(structure.size()), 1, type));
    return new EigenSide<>(structure, basis.map(variable -> variable.read(tf)), values);
  }

  private static <T extends TNumber> Operand<T> filled(
      Ops tf, Shape shape, double value, Class<T> type) {
    return tf.fill(tf.constant(shape), tf.constant(type, value));
  }

  private static <T extends TNumber> Operand<T> identity(Ops tf, Shape shape, Class<T> type) {
    return tf.linalg.matrixDiagV3(
        filled(tf, shape.subShape(0, shape.numDimensions() - 1), 1, type),
        tf.constant(0),
        tf.constant(-1),
        tf.constant(-1),
        tf.constant(type, 0));
  }
}
