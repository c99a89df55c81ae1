package io.github.tfkfac.models.train;

import io.github.tfkfac.capture.PredictiveDistribution;
import io.github.tfkfac.optimizer.Kfac;
import io.github.tfkfac.optimizer.KfacOptions;
import java.util.List;
import java.util.function.Supplier;
import org.tensorflow.Graph;

/** Makes a second-order optimizer, with or without knowledge of what the model predicts. */
record KfacFactory(KfacOptions options) implements OptimizerFactory {

  @Override
  public Kfac create(Graph graph) {
    return new Kfac(graph, options);
  }

  @Override
  public Kfac create(Graph graph, Supplier<PredictiveDistribution<?>> predicted) {
    return new Kfac(graph, options, () -> List.of(predicted.get()));
  }
}
