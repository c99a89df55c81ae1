package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** A graph with the variables of a detector and a session, whose values are read as doubles. */
final class DetectorGraph implements AutoCloseable {

  final Graph graph = new Graph();
  final Ops tf = Ops.create(graph);
  final ParameterStore<TFloat32> store = new ParameterStore<>(tf, TFloat32.class, 1);
  final LayerContext<TFloat32> training;
  private final Session session = new Session(graph, withoutGraphRewriting());

  DetectorGraph() {
    Operand<TInt64> step = tf.constant(0L);
    training = LayerContext.training(tf, store, step);
  }

  /** Rewriting a graph before its first run takes longer than the few runs of a test. */
  private static ConfigProto withoutGraphRewriting() {
    return ConfigProto.newBuilder()
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
  }

  Placeholder<TFloat32> placeholder(long... shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }

  /** Images whose values hardly matter, {@code [2, extent, extent, 3]}. */
  Operand<TFloat32> images(int extent) {
    return waves(2, extent, extent, 3);
  }

  /** A constant of this shape with values between -1 and 1. */
  Operand<TFloat32> waves(int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) Math.sin(0.7 * i + 0.001 * i * i);
    }
    return tf.reshape(tf.constant(values), tf.constant(shape));
  }

  /** The mean of the squares of all entries, added up over the operands. */
  Operand<TFloat32> meanSquares(List<Operand<TFloat32>> operands) {
    List<Operand<TFloat32>> means = new ArrayList<>();
    for (Operand<TFloat32> operand : operands) {
      Operand<TFloat32> flat = tf.reshape(operand, tf.constant(new int[] {-1}));
      means.add(tf.math.mean(tf.math.square(flat), tf.constant(0)));
    }
    return tf.math.addN(means);
  }

  Session session() {
    session.initialize();
    return session;
  }

  List<double[]> values(List<? extends Operand<? extends TType>> operands) {
    Session.Runner runner = session().runner();
    operands.forEach(runner::fetch);
    return run(runner);
  }

  List<double[]> run(Session.Runner runner) {
    List<double[]> values = new ArrayList<>();
    try (var result = runner.run()) {
      for (var entry : result) {
        values.add(doubles(entry.getValue()));
      }
    }
    return values;
  }

  void run(Op target) {
    session().runner().addTarget(target).run().close();
  }

  List<double[]> parameterValues() {
    return values(store.parameters().stream().map(Parameter::variable).toList());
  }

  static double[] doubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.shape().size())];
    int i = 0;
    for (var scalar : ((TFloat32) tensor).scalars()) {
      values[i++] = scalar.getFloat();
    }
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
