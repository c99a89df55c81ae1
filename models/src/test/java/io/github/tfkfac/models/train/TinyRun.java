package io.github.tfkfac.models.train;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.data.RandomCropFlip;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** A graph and a session for training on a few generated images. */
final class TinyRun<T extends TNumber> implements AutoCloseable {

  static final int CLASSES = 3;
  static final int BATCH_SIZE = 8;
  static final ImageDataset IMAGES = GeneratedImages.of(36, 8, 8, 5, CLASSES);
  static final PixelScaling SCALING = PixelScaling.ofDataset(IMAGES);

  final Graph graph = new Graph();
  final TrainingGraph<T> training;
  final Session session;
  final StopSignal stop = new StopSignal();

  TinyRun(Architecture architecture, Class<T> type, OptimizerFactory optimizer) {
    training =
        TrainingGraph.build(graph, ClassifierSpec.of(architecture, IMAGES, type, 3), optimizer);
    session = SessionThreads.single().open(graph);
  }

  static TinyRun<TFloat32> of(Architecture architecture, OptimizerFactory optimizer) {
    return new TinyRun<>(architecture, TFloat32.class, optimizer);
  }

  /** Four batches of eight images an epoch; four images are left over. */
  static BatchPlan batches() {
    return BatchPlan.training(IMAGES, SCALING, BATCH_SIZE, 9)
        .withAugmentation(new RandomCropFlip(1));
  }

  static BatchPlan evaluation() {
    return BatchPlan.evaluation(IMAGES, SCALING, BATCH_SIZE);
  }

  Trainer<BatchPlan, ClassificationMetrics> trainer(
      TrainingPlan<BatchPlan> plan, TrainingListener... listeners) {
    return new Trainer<>(training, session, plan, List.of(listeners), stop);
  }

  Trainer<BatchPlan, ClassificationMetrics> trainer(
      TrainingPlan<BatchPlan> plan, InstantSource clock, TrainingListener... listeners) {
    return new Trainer<>(training, session, plan, List.of(listeners), stop, clock);
  }

  long operations() {
    return count(operation -> true);
  }

  long variables() {
    return count(
        operation ->
            operation.type().equals(GraphVariable.REFERENCE)
                || operation.type().equals(GraphVariable.RESOURCE));
  }

  private long count(Predicate<GraphOperation> which) {
    Iterable<GraphOperation> operations = graph::operations;
    return StreamSupport.stream(operations.spliterator(), false).filter(which).count();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
