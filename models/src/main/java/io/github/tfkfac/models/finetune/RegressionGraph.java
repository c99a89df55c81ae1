package io.github.tfkfac.models.finetune;

import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.models.layer.MeanSquaredError;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.train.OptimizerFactory;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A SavedModel with a mean squared error for one of its tensors and a training step; {@link
 * io.github.tfkfac.models.savedmodel.ModelExport} writes it back.
 *
 * @param model the model; stays the caller's
 * @param targets to be fed with what the tensor should be, of the tensor's shape
 * @param loss see {@link MeanSquaredError}
 * @param optimizer what trains
 * @param step the operation to run for a training step
 */
public record RegressionGraph(
    LoadedModel model,
    Operand<TFloat32> targets,
    Operand<TFloat32> loss,
    TrainingOptimizer optimizer,
    Op step) {

  /**
   * Adds a loss and a training step to a model's graph.
   *
   * @param outputs float32 {@code [N, ...]}: an output of a signature ({@link LoadedModel#output})
   *     or another tensor ({@link LoadedModel#tensor})
   * @param optimizers makes the optimizer that may train the variables it is told
   * @throws SavedModelException if the tensor has another type or an unknown size
   * @throws IllegalStateException if the loss trains no variable
   */
  public static RegressionGraph build(
      LoadedModel model, Output<?> outputs, Function<VariableFilter, OptimizerFactory> optimizers) {
    Output<TFloat32> found = typed(model, outputs);
    Ops tf = Ops.create(model.graph()).withSubScope("finetune");
    Operand<TFloat32> targets =
        tf.withName("targets").placeholder(TFloat32.class, Placeholder.shape(found.shape()));
    Operand<TFloat32> rows = rows(tf, found);
    Operand<TFloat32> loss = new MeanSquaredError().loss(tf, rows, rows(tf, targets));
    TrainingOptimizer optimizer =
        optimizers
            .apply(model.trainableFilter())
            .create(model.graph(), () -> PredictiveDistribution.gaussian(rows));
    model.stateUpdates(model.signatureOf(outputs)).ifPresent(optimizer::attach);
    Op step = optimizer.minimize(loss, "train");
    return new RegressionGraph(model, targets, loss, optimizer, step);
  }

  @SuppressWarnings("unchecked") // the type was just compared
  private static Output<TFloat32> typed(LoadedModel model, Output<?> outputs) {
    Shape shape = outputs.shape();
    boolean known = shape.numDimensions() > 0;
    for (int i = 1; i < shape.numDimensions(); i++) {
      known &= shape.get(i) != Shape.UNKNOWN_SIZE;
    }
    if (!known || !outputs.type().equals(TFloat32.class)) {
      throw SavedModelException.of(
          model.file().folder() + ", tensor '" + outputs.op().name() + "'",
          "float32 outputs [N, ...] of a known size",
          outputs.type().getSimpleName() + " " + shape,
          "choose another tensor");
    }
    return (Output<TFloat32>) outputs;
  }

  /** One row per example. */
  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> values) {
    Shape shape = values.shape();
    long columns = 1;
    for (int i = 1; i < shape.numDimensions(); i++) {
      columns *= shape.get(i);
    }
    return tf.reshape(values, tf.constant(new long[] {-1, columns}));
  }

  /** Sets every variable of a new session to its initial value, the model's to the saved ones. */
  public void start(Session session) {
    session.initialize();
    model.restore(session);
  }
}
