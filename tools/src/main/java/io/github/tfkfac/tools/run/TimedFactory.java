package io.github.tfkfac.tools.run;

import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.train.OptimizerFactory;
import java.util.function.Supplier;
import org.tensorflow.Graph;

/** Makes the same optimizer with its stages timed, if it is second-order. */
record TimedFactory(OptimizerFactory factory) implements OptimizerFactory {

  @Override
  public TrainingOptimizer create(Graph graph) {
    return DiagnosticsProbe.timed(factory.create(graph));
  }

  @Override
  public TrainingOptimizer create(Graph graph, Supplier<PredictiveDistribution<?>> predicted) {
    return DiagnosticsProbe.timed(factory.create(graph, predicted));
  }
}
