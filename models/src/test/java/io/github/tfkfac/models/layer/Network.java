package io.github.tfkfac.models.layer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** A graph with a store and a session, whose values are read as doubles. */
public final class Network<T extends TNumber> implements AutoCloseable {

  public final Graph graph = new Graph();
  public final Ops tf = Ops.create(graph);
  public final ParameterStore<T> store;
  private final Session session = new Session(graph, withoutGraphRewriting());

  public Network(Class<T> type, long seed) {
    store = new ParameterStore<>(tf, type, seed);
  }

  public Network(Class<T> type) {
    this(type, 1);
  }

  /** Rewriting a graph before its first run takes longer than the few runs of a test. */
  private static ConfigProto withoutGraphRewriting() {
    return ConfigProto.newBuilder()
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
  }

  public LayerContext<T> training(long step) {
    return LayerContext.training(tf, store, tf.constant(step));
  }

  public LayerContext<T> inference() {
    return LayerContext.inference(tf, store);
  }

  /** A constant whose first axis is reported as unknown, as a fed batch would be. */
  public Operand<T> batch(Shape shape, double... values) {
    Operand<T> constant =
        tf.dtypes.cast(tf.reshape(tf.constant(values), tf.constant(shape)), store.type());
    Shape unknownBatch = Shape.of(-1).append(shape.tail());
    return tf.placeholderWithDefault(constant, unknownBatch);
  }

  public Session session() {
    session.initialize();
    return session;
  }

  public void run(List<Op> targets) {
    Session.Runner runner = session().runner();
    targets.forEach(runner::addTarget);
    runner.run().close();
  }

  public double[] values(Operand<?> operand) {
    try (var result = session().runner().fetch(operand).run()) {
      return doubles(result.get(0));
    }
  }

  public double value(Operand<?> scalar) {
    return values(scalar)[0];
  }

  public double[] values(String parameter) {
    return values(parameter(parameter).variable());
  }

  public Parameter<T> parameter(String name) {
    return store.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Gradients of {@code loss} for every trainable parameter, one array each. */
  public List<double[]> gradients(Operand<?> loss) {
    Output<?>[] variables =
        store.trainables().stream()
            .map(parameter -> parameter.variable().asOutput())
            .toArray(Output<?>[]::new);
    Output<?>[] gradients = graph.addGradients(loss.asOutput(), variables);
    Session.Runner runner = session().runner();
    Arrays.stream(gradients).forEach(runner::fetch);
    try (var result = runner.run()) {
      return IntStream.range(0, gradients.length).mapToObj(i -> doubles(result.get(i))).toList();
    }
  }

  public static double[] doubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.shape().size())];
    int i = 0;
    if (tensor instanceof TFloat32 floats) {
      for (var scalar : floats.scalars()) {
        values[i++] = scalar.getFloat();
      }
    } else if (tensor instanceof TFloat64 floats) {
      for (var scalar : floats.scalars()) {
        values[i++] = scalar.getDouble();
      }
    } else if (tensor instanceof TInt64 longs) {
      for (var scalar : longs.scalars()) {
        values[i++] = scalar.getLong();
      }
    } else {
      throw new IllegalArgumentException("expected numbers, found " + tensor.dataType());
    }
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
