package io.github.tfkfac.testing;

import io.github.tfkfac.extension.GraphVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * A small graph under test: variables of either kind, values to feed, and a session on one thread.
 *
 * @param <T> element type of its variables and inputs
 */
public final class TestGraph<T extends TNumber> implements AutoCloseable {

  /** How a model keeps its variables. */
  public enum Kind {
    REFERENCE,
    RESOURCE
  }

  public final Graph graph = new Graph();
  public final Ops tf = Ops.create(graph);
  public final Class<T> type;

  private final Kind kind;
  private final Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();
  private final Map<String, Operand<?>> reads = new LinkedHashMap<>();
  private Session session;

  public TestGraph(Class<T> type, Kind kind) {
    this.type = type;
    this.kind = kind;
  }

  /** A float64 graph with reference variables. */
  public static TestGraph<TFloat64> float64() {
    return new TestGraph<>(TFloat64.class, Kind.REFERENCE);
  }

  /** Values from -1 to 1. */
  public static double[] random(long seed, long count) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }

  /** Creates a variable of the graph's kind and returns a read of it. */
  public Operand<T> variable(String name, Shape shape, double... initial) {
    return read(declare(kind, name, shape, initial));
  }

  /** Creates a variable with reproducible values below 1 and returns a read of it. */
  public Operand<T> variable(String name, long seed, Shape shape) {
    return variable(name, shape, random(seed, shape.size()));
  }

  /** Creates a variable without reading it. */
  public GraphVariable<T> declare(Kind kind, String name, Shape shape, double... initial) {
    Ops init = tf.withInitScope();
    Operand<T> value = constant(init, shape, initial);
    int slash = name.lastIndexOf('/');
    Ops named =
        (slash < 0 ? tf : tf.withSubScope(name.substring(0, slash)))
            .withName(name.substring(slash + 1));
    GraphVariable<T> variable =
        kind == Kind.REFERENCE
            ? new GraphVariable.Reference<>(named.variable(shape, type).asOutput(), type, shape)
            : new GraphVariable.Resource<>(
                named.varHandleOp(type, shape, VarHandleOp.sharedName(name)).asOutput(),
                type,
                shape);
    variable.assign(init, value);
    return variable;
  }

  /** A new read of a variable. */
  public Operand<T> read(GraphVariable<T> variable) {
    return variable.read(tf);
  }

  /** An input whose value {@link #feed} sets. */
  public Placeholder<T> input(Shape shape) {
    return tf.placeholder(type, Placeholder.shape(shape));
  }

  /** A constant. */
  public Operand<T> constant(Shape shape, double... values) {
    return constant(tf, shape, values);
  }

  private Operand<T> constant(Ops ops, Shape shape, double... values) {
    return ops.reshape(ops.dtypes.cast(ops.constant(values), type), ops.constant(shape.asArray()));
  }

  /** Half the sum of the squared entries. */
  public Operand<T> halfSquare(Operand<T> value) {
    return tf.math.mul(tf.constant(type, 0.5), sum(tf.math.mul(value, value)));
  }

  /** The sum of all entries. */
  public Operand<T> sum(Operand<T> value) {
    return tf.reduceSum(tf.reshape(value, tf.constant(new int[] {-1})), tf.constant(0));
  }

  /** Sets what is fed from now on. */
  public void feed(Operand<?> input, Shape shape, double... values) {
    Class<?> inputType = input.type();
    Tensor old =
        feeds.put(
            input,
            inputType == TFloat64.class
                ? Tensors.of(TFloat64.class, shape, values)
                : Tensors.of(TFloat32.class, shape, values));
    if (old != null) {
      old.close();
    }
  }

  /** Feeds nothing for an input from now on. */
  public void stopFeeding(Operand<?> input) {
    feeds.remove(input).close();
  }

  /**
   * Initializes all variables; call it when everything is built.
   *
   * <p>The graph runs as it was built, without TensorFlow's graph optimizer, which takes most of
   * the time of a short run.
   */
  public void start() {
    start(RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build());
  }

  /** The same with TensorFlow's graph optimizer, as in a session of a user. */
  public void startOptimized() {
    start(RewriterConfig.getDefaultInstance());
  }

  private void start(RewriterConfig rewrites) {
    start(rewrites, config -> new Session(graph, config));
  }

  /** The same as {@link #start()} in a session that is opened for the graph. */
  public void start(Function<ConfigProto, Session> sessions) {
    start(RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build(), sessions);
  }

  private void start(RewriterConfig rewrites, Function<ConfigProto, Session> sessions) {
    readEveryVariable();
    ConfigProto oneThread =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(1)
            .setInterOpParallelismThreads(1)
            .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewrites))
            .build();
    session = sessions.apply(oneThread);
    session.initialize();
  }

  public Session session() {
    return session;
  }

  /** Runs an operation. */
  public void run(Op target) {
    runner().addTarget(target).run().close();
  }

  /** Runs an operation. */
  public void run(GraphOperation target) {
    runner().addTarget(target).run().close();
  }

  /** Runs an operation several times. */
  public void run(Op target, int times) {
    for (int i = 0; i < times; i++) {
      run(target);
    }
  }

  /** Runs an operation and fetches a value of the same run. */
  public double[] runAndFetch(Op target, Operand<?> value) {
    try (Result result = runner().addTarget(target).fetch(value).run()) {
      return Tensors.values(result.get(0));
    }
  }

  /** A value. */
  public double[] fetch(Operand<?> value) {
    try (Result result = runner().fetch(value).run()) {
      return Tensors.values(result.get(0));
    }
  }

  /** Several values of one run, some of which may be the same output of an operation. */
  public List<double[]> fetch(List<? extends Operand<?>> values) {
    Session.Runner runner = runner();
    List<Output<?>> outputs = new ArrayList<>();
    values.forEach(value -> outputs.add(value.asOutput()));
    List<Output<?>> different = outputs.stream().distinct().toList();
    different.forEach(runner::fetch);
    try (Result result = runner.run()) {
      List<double[]> all = new ArrayList<>();
      for (Output<?> output : outputs) {
        all.add(Tensors.values(result.get(different.indexOf(output))));
      }
      return all;
    }
  }

  /** Names of the operations that one run really executed. */
  public List<String> executed(Op target) {
    RunOptions traced =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Result result = runner().addTarget(target).setOptions(traced).runAndFetchMetadata()) {
      RunMetadata metadata = result.getMetadata().orElseThrow();
      return metadata.getStepStats().getDevStatsList().stream()
          .flatMap(device -> device.getNodeStatsList().stream())
          .map(node -> node.getNodeName())
          .toList();
    }
  }

  private Session.Runner runner() {
    Session.Runner runner = session.runner();
    feeds.forEach(runner::feed);
    return runner;
  }

  /** The value of the variable of that name, the model's or the optimizer's. */
  public double[] value(String variable) {
    return all().get(variable);
  }

  /** The values of all variables of the graph by name, comparable bit for bit. */
  public Map<String, List<Double>> everyVariable() {
    Map<String, List<Double>> values = new TreeMap<>();
    all().forEach((name, value) -> values.put(name, Arrays.stream(value).boxed().toList()));
    return values;
  }

  private Map<String, double[]> all() {
    Map<String, double[]> values = new HashMap<>();
    Session.Runner runner = session.runner();
    reads.values().forEach(runner::fetch);
    try (Result result = runner.run()) {
      int index = 0;
      for (String name : reads.keySet()) {
        values.put(name, Tensors.values(result.get(index++)));
      }
    }
    return values;
  }

  private void readEveryVariable() {
    List<GraphOperation> variables = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.type().equals(GraphVariable.REFERENCE)
                  || operation.type().equals(GraphVariable.RESOURCE)) {
                variables.add(operation);
              }
            });
    variables.forEach(variable -> reads.put(variable.name(), readOf(variable)));
  }

  private Operand<?> readOf(GraphOperation operation) {
    if (operation.type().equals(GraphVariable.REFERENCE)) {
      return tf.identity(operation.output(0));
    }
    DataType stored = operation.attributes().getAttrType("dtype");
    Class<? extends TType> valueType =
        stored == DataType.DT_INT64
            ? TInt64.class
            : stored == DataType.DT_DOUBLE ? TFloat64.class : TFloat32.class;
    return tf.readVariableOp(operation.output(0), valueType);
  }

  @Override
  public void close() {
    feeds.values().forEach(Tensor::close);
    if (session != null) {
      session.close();
    }
    graph.close();
  }
}
