package io.github.tfkfac.detection.train;

import io.github.tfkfac.ExampleMask;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.train.TrainingWorkers;
import java.util.List;
import org.tensorflow.Graph;

/** Makes the optimizer of a detector. */
@FunctionalInterface
public interface DetectorOptimizer {

  /**
   * A new optimizer for the graph.
   *
   * @param masks valid rows of the heads' layers, those that are not padding
   */
  TrainingOptimizer create(Graph graph, List<ExampleMask> masks);

  /** The same for a graph that several workers train. */
  default DetectorOptimizer acrossWorkers(TrainingWorkers workers) {
    return (graph, masks) -> workers.join(create(graph, masks));
  }

  /** K-FAC that excludes padding from its statistics. */
  static DetectorOptimizer kfac(KfacOptions options) {
    return (graph, masks) -> Kfac.masked(graph, options, masks);
  }

  /** Training without curvature. */
  static DetectorOptimizer firstOrder(TrainingOptions options) {
    return (graph, masks) -> new FirstOrder(graph, options);
  }
}
