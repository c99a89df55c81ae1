package io.github.tfkfac.models.train;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingOptimizer;
import java.util.List;
import java.util.function.Supplier;
import org.tensorflow.Graph;

/** Makes the optimizer of a graph, for instance {@code graph -> new Kfac(graph, options)}. */
@FunctionalInterface
public interface OptimizerFactory {

  /** A new optimizer for the graph. */
  TrainingOptimizer create(Graph graph);

  /**
   * A new optimizer for the graph of a model that predicts a distribution.
   *
   * @param predicted predictive distribution of the model in the training pass; known once that
   *     pass is built, before {@code minimize}
   */
  default TrainingOptimizer create(Graph graph, Supplier<PredictiveDistribution<?>> predicted) {
    return create(graph);
  }

  /** The same for a graph that several workers train. */
  default OptimizerFactory acrossWorkers(TrainingWorkers workers) {
    OptimizerFactory own = this;
    return new OptimizerFactory() {
      @Override
      public TrainingOptimizer create(Graph graph) {
        return workers.join(own.create(graph));
      }

      @Override
      public TrainingOptimizer create(Graph graph, Supplier<PredictiveDistribution<?>> predicted) {
        return workers.join(own.create(graph, predicted));
      }
    };
  }

  /**
   * Makes a {@code Kfac} that is given the model's predictive distribution, as a sampled Fisher
   * requires.
   */
  static OptimizerFactory kfac(KfacOptions options) {
    return new OptimizerFactory() {
      @Override
      public Kfac create(Graph graph) {
        return new Kfac(graph, options);
      }

      @Override
      public Kfac create(Graph graph, Supplier<PredictiveDistribution<?>> predicted) {
        return new Kfac(graph, options, () -> List.of(predicted.get()));
      }
    };
  }
}
