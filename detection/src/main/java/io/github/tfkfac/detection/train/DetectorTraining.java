package io.github.tfkfac.detection.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.models.layer.ParameterStore;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

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
    Checkpoint checkpoint) {

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
}
