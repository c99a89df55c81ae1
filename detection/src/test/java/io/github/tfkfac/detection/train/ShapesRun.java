package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.Masks;
import io.github.tfkfac.detection.data.Resize;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** A tiny detector and a few generated images for it. */
final class ShapesRun implements AutoCloseable {

  static final int BATCH = 2;
  static final int IMAGES = 6;

  final Graph graph = new Graph();
  final DetectorTraining training;
  private final Session session;
  final StopSignal stop = new StopSignal();

  ShapesRun(DetectorOptimizer optimizer) {
    training = DetectorTraining.build(graph, TinyTraining.config(), BATCH, 3, optimizer);
    session = SessionThreads.single().open(graph);
    session.initialize();
  }

  /** Sets all variables to their initial values; a new session would prepare the graph again. */
  void restart() {
    session.forceInitialize();
  }

  Session session() {
    return session;
  }

  /** Writes the images. */
  static ShapesDataset data(Path folder) {
    return ShapesDataset.write(
        folder,
        ShapesOptions.of(IMAGES, 3, 1)
            .withSides(TinyTraining.EXTENT, TinyTraining.EXTENT)
            .withObjects(TinyTraining.CLASSES, 3, 0)
            .withFormat(ShapesOptions.Format.PNG));
  }

  static Resize resize() {
    return new Resize(ResizeRule.ROUNDED, TinyTraining.EXTENT, TinyTraining.EXTENT);
  }

  static DetectionPlan batches(ShapesDataset data) {
    DetectionPlan plan = DetectionPlan.training(data.train(), resize(), BATCH, 4);
    return plan.withPreparation(plan.preparation().withMasks(Masks.BITMAPS));
  }

  Trainer<DetectionPlan, DetectionEvaluator.Outcome> trainer(
      TrainingPlan<DetectionPlan> plan, DetectionListener... listeners) {
    return new Trainer<>(training, session, plan, List.of(listeners), stop, InstantSource.system());
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
