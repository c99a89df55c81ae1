package io.github.tfkfac;

import io.github.tfkfac.internal.capture.BackwardPass;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import io.github.tfkfac.internal.optimizer.TrainStep;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * An optimizer without preconditioning: SGD with momentum, AdamW, whatever {@link TrainingOptions}
 * describe.
 *
 * <p>The same step, guards and state as {@link Kfac}'s, so that comparisons compare the
 * preconditioning alone.
 */
public final class FirstOrder extends TrainingOptimizer {

  /** An optimizer for a graph; its state is named after the optimizer, {@code first_order/...}. */
  public FirstOrder(Graph graph, TrainingOptions options) {
    super(graph, "first_order", options);
  }

  @Override
  public String getOptimizerName() {
    return "FirstOrder";
  }

  @Override
  <T extends TNumber> TrainStep<T> prepare(
      Class<T> type, Ops tf, List<? extends Operand<?>> losses, TrainStep.Parts parts) {
    List<Trainable<T>> variables = parts.variables().trained(type);
    return new TrainStep<>(
        tf,
        parts,
        variables,
        BackwardPass.build(graph, tf, losses, variables, List.of()),
        Optional.empty(),
        List.of(),
        LayerScanner.scan(parts.variables(), losses, name -> false).report());
  }
}
