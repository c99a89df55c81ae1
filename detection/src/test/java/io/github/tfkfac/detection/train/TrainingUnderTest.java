package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** A training network in a graph of its own, and a session that runs the graph as it was built. */
final class TrainingUnderTest<T extends TNumber> implements AutoCloseable {

  final Graph graph = new Graph();
  final Ops tf = Ops.create(graph);
  final DetectorConfig config;
  final ParameterStore<T> store;
  final TrainingNetwork<T> network;

  /** What is fed as such, to be fetched. */
  final Operand<TFloat32> anchorWeights;

  private final Sampling sampling;
  private Session session;

  TrainingUnderTest(
      DetectorConfig config,
      int batchSize,
      Class<T> type,
      Sampling sampling,
      RegionFeatures features) {
    this.config = config;
    this.sampling = sampling;
    store = new ParameterStore<>(tf, type, 1);
    network = TrainingNetwork.build(tf, store, config, batchSize, sampling, features);
    anchorWeights = tf.identity(network.inputs().anchorWeights());
  }

  /** In float32 with the lowest indices first. */
  static TrainingUnderTest<TFloat32> float32(DetectorConfig config, int batchSize) {
    return new TrainingUnderTest<>(
        config, batchSize, TFloat32.class, new Sampling.First(), RegionFeatures.CROP_AND_RESIZE);
  }

  /** Opens the session; call it when everything is built. */
  Session start() {
    session = new Session(graph, asBuilt());
    session.initialize();
    return session;
  }

  static ConfigProto asBuilt() {
    return ConfigProto.newBuilder()
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
  }

  Session session() {
    return session;
  }

  Feeds feeds(DetectionBatch batch) {
    return new TrainingFeeder(network.inputs(), config, sampling).feeds(batch, 0);
  }

  List<double[]> fetch(Feeds feeds, List<? extends Operand<?>> operands) {
    return fetch(feeds.to(session.runner()), operands);
  }

  static List<double[]> fetch(Session.Runner runner, List<? extends Operand<?>> operands) {
    operands.forEach(runner::fetch);
    try (Result result = runner.run()) {
      List<double[]> values = new ArrayList<>();
      for (int i = 0; i < operands.size(); i++) {
        values.add(doubles(result.get(i)));
      }
      return values;
    }
  }

  static double[] doubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.shape().size())];
    int i = 0;
    if (tensor instanceof TFloat32 floats) {
      for (var scalar : floats.scalars()) {
        values[i++] = scalar.getFloat();
      }
    } else if (tensor instanceof TFloat64 wide) {
      for (var scalar : wide.scalars()) {
        values[i++] = scalar.getDouble();
      }
    } else if (tensor instanceof TInt32 integers) {
      for (var scalar : integers.scalars()) {
        values[i++] = scalar.getInt();
      }
    } else {
      for (var scalar : ((TBool) tensor).scalars()) {
        values[i++] = scalar.getBoolean() ? 1 : 0;
      }
    }
    return values;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    graph.close();
  }
}
