package io.github.tfkfac.models.train;

import io.github.tfkfac.optimizer.TrainingOptimizer;
import org.tensorflow.Graph;

/** Makes the optimizer of a graph, for instance {@code graph -> new Kfac(graph, options)}. */
@FunctionalInterface
public interface OptimizerFactory {

  /** A new optimizer for the graph. */
  TrainingOptimizer create(Graph graph);
}
