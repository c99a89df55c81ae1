package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.savedmodel.KerasReference.Input;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/** A model of the test resources as a graph, with the loss of its reference. */
public final class KerasGraph implements AutoCloseable {

  /** Rate of {@link #plainStep}. */
  public static final double LEARNING_RATE = 0.5;

  private final KerasReference reference;
  private final LoadedModel model;
  private final List<Tensor> fed = new ArrayList<>();

  private KerasGraph(KerasReference reference, LoadedModel model) {
    this.reference = reference;
    this.model = model;
    reference.inputs().forEach(input -> fed.add(tensor(input)));
  }

  /** Opens a model. */
  public static KerasGraph open(KerasModel model) {
    return new KerasGraph(
        model.reference(), LoadedModel.open(model.folder(), model.reference().signature()));
  }

  /** The model. */
  public LoadedModel model() {
    return model;
  }

  /** The reference's variables by the names that they have in the graph. */
  public Map<String, KerasReference.Variable> variables() {
    Map<String, KerasReference.Variable> found = new LinkedHashMap<>();
    model
        .graphVariables()
        .forEach(
            (saved, variable) ->
                reference
                    .withKey(saved.checkpointKey())
                    .ifPresent(known -> found.put(variable.name(), known)));
    return found;
  }

  /** The reference's kernels, tables and matrices that an optimizer trains without their layer. */
  public Set<String> plainKernels(ScanReport report) {
    Map<String, KerasReference.Variable> known = variables();
    Set<String> plain = new TreeSet<>();
    report
        .entries()
        .forEach(
            entry -> {
              KerasReference.Variable variable = known.get(entry.variable());
              if (variable != null
                  && variable.isKernel()
                  && entry.outcome() != ScanReport.Outcome.CAPTURED) {
                plain.add(variable.name());
              }
            });
    return plain;
  }

  /** Adds the loss of the reference: {@code Σ mean((output − target)²)}. */
  public Operand<?> loss() {
    return reference.outputs().stream()
            .anyMatch(output -> output.values().type().name().equals("FLOAT64"))
        ? loss(TFloat64.class)
        : loss(TFloat32.class);
  }

  private <T extends TNumber> Operand<T> loss(Class<T> type) {
    Ops tf = Ops.create(model.graph());
    List<Operand<T>> losses = new ArrayList<>();
    for (KerasReference.Output output : reference.outputs()) {
      output
          .target()
          .ifPresent(target -> losses.add(squares(tf, model.output(output.name()), target, type)));
    }
    return losses.size() == 1 ? losses.get(0) : tf.math.addN(losses);
  }

  @SuppressWarnings("unchecked") // outputs with a target are numbers
  private static <T extends TNumber> Operand<T> squares(
      Ops tf, Operand<?> output, NpyArray target, Class<T> type) {
    Operand<T> wide =
        output.type().equals(type)
            ? (Operand<T>) output
            : tf.dtypes.cast((Operand<? extends TNumber>) output, type);
    Operand<T> targets =
        tf.reshape(
            tf.dtypes.cast(tf.constant(target.asFloat64()), type),
            tf.constant(target.shape().stream().mapToLong(size -> size).toArray()));
    int[] axes = new int[target.shape().size()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    return tf.math.mean(tf.math.square(tf.math.sub(wide, targets)), tf.constant(axes));
  }

  /** Adds a step of plain descent, {@code v − 0.5 g}, on a loss of all trainable variables. */
  public Op plainStep(Operand<?> loss) {
    return new FirstOrder(
            model.graph(),
            TrainingOptions.sgdm(LEARNING_RATE, 0)
                .withRule(new Momentum(Schedule.constant(0)))
                .withVariables(model.trainableFilter()))
        .minimize(loss);
  }

  /** Opens a session with the model's values; build everything before. */
  public Session session() {
    Session session = SessionThreads.single().open(model.graph());
    session.initialize();
    model.restore(session);
    return session;
  }

  /** Runs an operation on the reference's inputs. */
  public void run(Session session, Op step) {
    runner(session).addTarget(step).run().close();
  }

  /** A floating-point or integer tensor for the reference's inputs, in row-major order. */
  public double[] fetch(Session session, Operand<?> value) {
    try (Result result = runner(session).fetch(value).run()) {
      return numbers(result.get(0));
    }
  }

  /** Values of several tensors in one run. */
  public <K> Map<K, double[]> fetchAll(Session session, Map<K, Operand<?>> values) {
    Session.Runner runner = runner(session);
    values.values().forEach(runner::fetch);
    Map<K, double[]> found = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      int i = 0;
      for (K key : values.keySet()) {
        found.put(key, numbers(result.get(i++)));
      }
    }
    return found;
  }

  private Session.Runner runner(Session session) {
    Session.Runner runner = session.runner();
    for (int i = 0; i < fed.size(); i++) {
      runner.feed(model.input(reference.inputs().get(i).name()), fed.get(i));
    }
    return runner;
  }

  private static double[] numbers(Tensor tensor) {
    List<Double> values = new ArrayList<>();
    Function<Object, Double> number =
        value ->
            value instanceof Boolean truth ? (truth ? 1.0 : 0.0) : ((Number) value).doubleValue();
    ((org.tensorflow.ndarray.NdArray<?>) tensor)
        .scalars()
        .forEach(scalar -> values.add(number.apply(scalar.getObject())));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Tensor tensor(Input input) {
    Shape shape = Shape.of(input.shape().stream().mapToLong(size -> size).toArray());
    if (input.numbers().isEmpty()) {
      return TString.tensorOf(shape, DataBuffers.ofObjects(input.texts().toArray(String[]::new)));
    }
    NpyArray array = input.numbers().get();
    double[] values = array.asFloat64();
    float[] floats = array.asFloat32();
    return switch (input.type()) {
      case DT_FLOAT -> TFloat32.tensorOf(shape, DataBuffers.of(floats));
      case DT_HALF -> TFloat16.tensorOf(NdArrays.wrap(shape, DataBuffers.of(floats)));
      case DT_BFLOAT16 -> TBfloat16.tensorOf(NdArrays.wrap(shape, DataBuffers.of(floats)));
      case DT_DOUBLE -> TFloat64.tensorOf(shape, DataBuffers.of(values));
      case DT_INT64 -> TInt64.tensorOf(shape, DataBuffers.of(array.asInt64()));
      case DT_INT32 ->
          TInt32.tensorOf(
              shape, data -> set(values, (i, value) -> data.setInt((int) value, at(shape, i))));
      case DT_UINT8 ->
          TUint8.tensorOf(
              shape, data -> set(values, (i, value) -> data.setByte((byte) value, at(shape, i))));
      case DT_BOOL ->
          TBool.tensorOf(
              shape, data -> set(values, (i, value) -> data.setBoolean(value != 0, at(shape, i))));
      default -> throw new IllegalArgumentException("no tensor of type " + input.type());
    };
  }

  @FunctionalInterface
  private interface Setter {
    void set(int index, double value);
  }

  private static void set(double[] values, Setter setter) {
    for (int i = 0; i < values.length; i++) {
      setter.set(i, values[i]);
    }
  }

  /** Coordinates of the i-th element. */
  private static long[] at(Shape shape, int i) {
    long[] at = new long[shape.numDimensions()];
    long rest = i;
    for (int d = at.length - 1; d >= 0; d--) {
      at[d] = rest % shape.get(d);
      rest /= shape.get(d);
    }
    return at;
  }

  /** Closes the model and what is fed to it. */
  @Override
  public void close() {
    fed.forEach(Tensor::close);
    model.close();
  }
}
