package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.models.layer.ParameterStore;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** An inference network in a graph of its own. */
final class InferenceUnderTest<T extends TNumber> implements AutoCloseable {

  final Graph graph = new Graph();
  final ParameterStore<T> store;
  final InferenceNetwork<T> network;
  final Session session;
  final Predictor predictor;

  InferenceUnderTest(DetectorConfig config, int batchSize, Class<T> type) {
    Ops tf = Ops.create(graph);
    store = new ParameterStore<>(tf, type, 1);
    network = InferenceNetwork.build(tf, store, config, batchSize, RegionFeatures.CROP_AND_RESIZE);
    session = new Session(graph, TrainingUnderTest.asBuilt());
    session.initialize();
    predictor = new Predictor(network, config, session);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
