package io.github.tfkfac.detection.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.DetectionBatcher;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.predict.MaskPaster;
import io.github.tfkfac.models.data.BatchPlan.LastBatch;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.train.Feeds;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainable;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * A detector in a graph, ready to be trained, evaluated and saved.
 *
 * @param config what was built
 * @param seed of initial values and samples
 * @param store the variables
 * @param network the training pass
 * @param inference the inference pass, which shares all variables
 * @param feeder makes what the training pass is fed
 * @param optimizer what trains it
 * @param step the operation to run for a training step
 * @param checkpoint saves and restores all variables
 */
public record DetectorTraining(
    DetectorConfig config,
    long seed,
    ParameterStore<TFloat32> store,
    TrainingNetwork<TFloat32> network,
    InferenceNetwork<TFloat32> inference,
    TrainingFeeder feeder,
    TrainingOptimizer optimizer,
    Op step,
    Checkpoint checkpoint)
    implements Trainable<DetectionPlan, DetectionBatch, DetectionEvaluator.Outcome> {

  /**
   * Adds a detector and its training step to a graph that has no optimizer yet.
   *
   * @param batchSize images per batch
   * @param seed of initial values and samples
   */
  public static DetectorTraining build(
      Graph graph, DetectorConfig config, int batchSize, long seed, DetectorOptimizer optimizers) {
    Ops tf = Ops.create(graph);
    Sampling sampling = new Sampling.Random(seed);
    ParameterStore<TFloat32> store = new ParameterStore<>(tf, TFloat32.class, seed);
    TrainingNetwork<TFloat32> network =
        TrainingNetwork.build(
            tf, store, config, batchSize, sampling, RegionFeatures.CROP_AND_RESIZE);
    InferenceNetwork<TFloat32> inference =
        InferenceNetwork.build(tf, store, config, batchSize, RegionFeatures.CROP_AND_RESIZE);
    TrainingOptimizer optimizer = optimizers.create(graph, network.exampleMasks(tf));
    optimizer.attachUpdates(store::updates);
    Op step = optimizer.minimize(network.total(), "train");
    return new DetectorTraining(
        config,
        seed,
        store,
        network,
        inference,
        new TrainingFeeder(network.inputs(), config, sampling),
        optimizer,
        step,
        Checkpoint.of(graph));
  }

  @Override
  public Map<String, String> settings(DetectionPlan batches) {
    return Map.of(
        "run.images_per_step",
        Integer.toString(batches.batchSize() * optimizer.microBatches()),
        "run.batch_size",
        Integer.toString(batches.batchSize()),
        "run.seed",
        Long.toString(seed),
        "run.training_images",
        Integer.toString(batches.data().size()),
        "run.order",
        batches.order().toString(),
        "run.preparation",
        batches.preparation().toString());
  }

  @Override
  public void requireFits(TrainingPlan<DetectionPlan> plan) {
    DetectionPlan batches = plan.batches();
    int expected = network.inputs().batchSize();
    int images = batches.part().size(batches.batchSize());
    if (images != expected || batches.lastBatch() != LastBatch.DROP) {
      throw new IllegalArgumentException(
          "expected batches of %d images, as the network was built for, without a smaller last one, found batches of %d with LastBatch.%s"
              .formatted(expected, images, batches.lastBatch()));
    }
    int categories = batches.data().categories().size();
    if (categories != config.classes()) {
      throw new IllegalArgumentException(
          "expected a data set of %d categories, as the network was built for, found %d in %s; build it with DetectorConfig.withClasses"
              .formatted(config.classes(), categories, batches.data().name()));
    }
  }

  @Override
  public int batchesPerEpoch(DetectionPlan batches) {
    return batches.batchesPerEpoch();
  }

  @Override
  public BatchSource<DetectionBatch> batches(DetectionPlan batches, BatcherPosition start) {
    return DetectionBatcher.endless(batches, start);
  }

  @Override
  public int size(DetectionBatch batch) {
    return batch.size();
  }

  @Override
  public List<Long> ids(DetectionBatch batch) {
    return batch.sources().stream().map(source -> source.image().id()).toList();
  }

  @Override
  public Map<String, Operand<? extends TNumber>> losses() {
    return network.losses().byName();
  }

  @Override
  public Feeds feeds(DetectionBatch batch, long done, long key) {
    return feeder.feeds(batch, done, key);
  }

  @Override
  public Optional<DetectionEvaluator.Outcome> evaluate(
      Session session, DetectionPlan batches, StopSignal stop) {
    return new DetectionEvaluator(
            new Predictor(inference, config, session), new MaskPaster(config.profile().maskPaste()))
        .evaluate(batches, stop);
  }

  @Override
  public void report(
      DetectionEvaluator.Outcome evaluation, long done, int epoch, TrainingListener listener) {
    if (listener instanceof DetectionListener detectors) {
      detectors.evaluated(done, evaluation);
    }
  }
}
