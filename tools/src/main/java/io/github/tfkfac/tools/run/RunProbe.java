package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.models.train.TrainingListener;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Measures more of a training than its listeners are told. */
@FunctionalInterface
public interface RunProbe {

  /** File of a probe's numbers in the run's folder. */
  String FILE = "probe.csv";

  /** A listener that has to be closed when training has ended. */
  interface Open extends TrainingListener, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Adds what it needs to the graph and listens.
   *
   * @param training what is trained
   * @param session of the graph, its variables initialized
   * @param run what decides the training; its folder takes the numbers
   */
  Open open(Graph graph, TrainingGraph<TFloat32> training, Session session, ClassificationRun run);
}
