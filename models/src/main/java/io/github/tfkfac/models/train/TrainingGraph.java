package io.github.tfkfac.models.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.Order.Shuffle;
import io.github.tfkfac.models.data.PrefetchingBatcher;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.train.TrainingListener.EvaluationReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * A classifier in a graph, ready to be trained, evaluated and saved.
 *
 * <p>The training step moves the averages of normalization layers as well, unless it is skipped
 * because a gradient is not finite.
 *
 * @param classifier the classifier and its inference pass
 * @param training the pass that training runs; shares all variables with the inference pass
 * @param optimizer what trains it
 * @param step the operation to run for a training step
 * @param checkpoint saves and restores all variables
 */
public record TrainingGraph<T extends TNumber>(
    Classifier<T> classifier,
    Pass<T> training,
    TrainingOptimizer optimizer,
    Op step,
    Checkpoint checkpoint)
    implements Trainable<BatchPlan, Batch, ClassificationMetrics> {

  private static final int BATCHES_AHEAD = 4;

  /** Adds a classifier and its training step to a graph that has no optimizer yet. */
  public static <T extends TNumber> TrainingGraph<T> build(
      Graph graph, ClassifierSpec<T> spec, OptimizerFactory factory) {
    ClassifierGraph<T> classifier = ClassifierGraph.build(graph, spec);
    List<Pass<T>> built = new ArrayList<>();
    TrainingOptimizer optimizer =
        factory.create(graph, () -> PredictiveDistribution.categorical(built.get(0).logits()));
    LayerContext<T> context =
        LayerContext.training(Ops.create(graph), classifier.store(), optimizer.randomKey());
    Pass<T> training = Pass.build(spec, context, classifier.images(), classifier.labels());
    built.add(training);
    optimizer.attachUpdates(classifier.store()::updates);
    Op step = optimizer.minimize(training.loss(), "train");
    return new TrainingGraph<>(classifier, training, optimizer, step, Checkpoint.of(graph));
  }

  @Override
  public Map<String, String> settings(BatchPlan batches) {
    Map<String, String> settings = new TreeMap<>(classifier.settings());
    settings.put("run.micro_batches", Integer.toString(optimizer.microBatches()));
    settings.put("run.batch_size", Integer.toString(batches.batchSize()));
    settings.put("run.training_images", Integer.toString(batches.data().size()));
    settings.put("run.augmentation_seed", Long.toString(batches.augmentationSeed()));
    if (batches.order() instanceof Shuffle shuffle) {
      settings.put("run.shuffle_seed", Long.toString(shuffle.seed()));
    }
    return settings;
  }

  @Override
  public void requireFits(TrainingPlan<BatchPlan> plan) {
    classifier.requireFits(plan.batches());
    plan.evaluations().ifPresent(some -> Evaluator.requireUsable(some.batches(), classifier));
  }

  @Override
  public int batchesPerEpoch(BatchPlan batches) {
    return batches.batchesPerEpoch();
  }

  @Override
  public BatchSource<Batch> batches(BatchPlan batches, BatcherPosition start) {
    return new PrefetchingBatcher<>(Batcher.endless(batches, start), BATCHES_AHEAD);
  }

  @Override
  public int size(Batch batch) {
    return batch.size();
  }

  @Override
  public Map<String, Operand<? extends TNumber>> losses() {
    return Map.of("loss", training.lossValue());
  }

  @Override
  public Optional<Operand<TInt64>> correct() {
    return Optional.of(training.correct());
  }

  @Override
  public Feeds feeds(Batch batch, long step, long key) {
    return classifier.feeds(batch);
  }

  @Override
  public Optional<ClassificationMetrics> evaluate(
      Session session, BatchPlan batches, StopSignal stop) {
    return new Evaluator<>(classifier, session).evaluate(batches, stop);
  }

  @Override
  public void report(
      ClassificationMetrics evaluation, long step, int epoch, TrainingListener listener) {
    listener.evaluated(new EvaluationReport(step, epoch, evaluation));
  }
}
