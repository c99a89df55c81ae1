package io.github.tfkfac.extension;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Curvature of one captured layer: the state that is kept between steps, and how it is updated,
 * refreshed and applied to gradients.
 *
 * <p>An {@link Approximation} creates one block per layer. Its variables come from {@link
 * CapturedLayer#variable}, so they are part of checkpoints. The methods build graph operations with
 * the {@code Ops} they are given and assign nothing: new values are returned, and assigned by the
 * optimizer if they are finite and the step is not skipped.
 *
 * <p><i>Shapes</i>: gradients, changes and directions are the layer's weight matrix, {@link
 * CapturedLayer#matrixShape}: {@code [inputSize, outputSize]} with the bias as last row, or {@code
 * [groups, inputSize, outputSize]}.
 */
public interface CurvatureBlock<T extends TNumber> {

  /** The layer, with the settings that hold for it. */
  CapturedLayer<T> layer();

  /**
   * New estimates from a batch, when statistics are due; none by default.
   *
   * <p>Each is accepted on its own. Batches in which no example of the layer counts change nothing.
   *
   * @param batch builds what is asked of it
   */
  default List<NewValue<T>> update(Ops tf, LayerBatch<T> batch) {
    return List.of();
  }

  /** Update of an estimate. */
  @FunctionalInterface
  interface Estimate<T extends TNumber> {

    /** The new values; see {@link CurvatureBlock#update}. */
    List<NewValue<T>> update(Ops tf, LayerBatch<T> batch);
  }

  /**
   * Estimate in coordinates that a refresh chooses; it is updated with the statistics, but after
   * the refreshes of the same step. None by default.
   */
  default Optional<Estimate<T>> estimateAfterRefresh() {
    return Optional.empty();
  }

  /** What is recomputed at a refresh; nothing by default. */
  default List<RefreshWork<T>> refreshWork() {
    return List.of();
  }

  /**
   * The preconditioned gradient.
   *
   * @param gradient of the loss for the weight matrix
   * @param step values of schedules at the current step
   */
  Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step);

  /**
   * {@code (F + λI)·δ} with the undamped curvature F, of which the predicted change of the loss is
   * made when a damping is adapted.
   *
   * @param change δ, what a step adds to the weight matrix
   * @throws UnsupportedOperationException if the block keeps no estimate of F, as by default
   */
  default Operand<T> product(Ops tf, Operand<T> change, StepScalars<T> step) {
    throw new UnsupportedOperationException(
        "expected a curvature block with a product for a damping that is adapted, found %s of layer '%s'; implement product, or leave the adaptation out"
            .formatted(getClass().getSimpleName(), layer().site().name()));
  }

  /**
   * {@code F + λI} as a matrix over the entries of the weight matrix in row-major order, {@code [n,
   * n]}: an oracle for small layers, made of n {@link #product products}.
   */
  default Operand<T> dense(Ops tf, StepScalars<T> step) {
    int size = Math.toIntExact(layer().matrixShape().size());
    List<Operand<T>> columns = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      double[] unit = new double[size];
      unit[i] = 1;
      Operand<T> change =
          tf.reshape(
              tf.dtypes.cast(tf.constant(unit), layer().type()),
              tf.constant(layer().matrixShape()));
      columns.add(tf.reshape(product(tf, change, step), tf.array(-1)));
    }
    return tf.linalg.transpose(tf.stack(columns), tf.array(1, 0));
  }

  /**
   * Measurements between two steps, as scalars; none by default.
   *
   * @param step values of schedules at the step to come
   */
  default Map<Quantity, Operand<? extends TNumber>> diagnostics(Ops tf, StepScalars<T> step) {
    return Map.of();
  }
}
