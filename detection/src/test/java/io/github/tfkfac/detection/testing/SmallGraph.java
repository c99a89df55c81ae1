package io.github.tfkfac.detection.testing;

import io.github.tfkfac.detection.box.Boxes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/** A graph of constants and the functions under test. */
public final class SmallGraph implements AutoCloseable {

  private final Graph graph = new Graph();
  public final Ops tf = Ops.create(graph);

  public Operand<TFloat32> floats(float[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }

  public Operand<TFloat32> floats(Fixture fixture, String name) {
    return floats(fixture.floats(name), fixture.shape(name));
  }

  public Operand<TFloat64> doubles(Fixture fixture, String name) {
    return tf.constant(Shape.of(fixture.shape(name)), DataBuffers.of(fixture.doubles(name)));
  }

  public <T extends TNumber> Operand<T> as(Class<T> type, Operand<TFloat32> values) {
    return tf.dtypes.cast(values, type);
  }

  public Operand<TInt32> ints(Fixture fixture, String name) {
    return tf.constant(Shape.of(fixture.shape(name)), DataBuffers.of(fixture.ints(name)));
  }

  public Operand<TUint8> bytes(Fixture fixture, String name) {
    return tf.constant(
        TUint8.class, Shape.of(fixture.shape(name)), DataBuffers.of(fixture.bytes(name)));
  }

  public Operand<TFloat32> boxes(Boxes boxes) {
    return floats(boxes.toArray(), boxes.size(), 4);
  }

  /** {@code [count]}, all true. */
  public Operand<TBool> all(int count) {
    boolean[] flags = new boolean[count];
    Arrays.fill(flags, true);
    return tf.constant(flags);
  }

  /** The map with its channels last. */
  public <T extends TNumber> Operand<T> channelsLast(Operand<T> map) {
    return tf.linalg.transpose(map, tf.constant(new int[] {0, 2, 3, 1}));
  }

  /** The map with its channels first. */
  public <T extends TNumber> Operand<T> channelsFirst(Operand<T> map) {
    return tf.linalg.transpose(map, tf.constant(new int[] {0, 3, 1, 2}));
  }

  /** Gradient of {@code target} in {@code source}. */
  public <T extends TNumber> Operand<T> gradient(Operand<T> target, Operand<T> source) {
    Output<?>[] sources = {source.asOutput()};
    return graph.addGradients(target.asOutput(), sources)[0].expect(source.type());
  }

  /** The value of one operand. */
  public double[] value(Operand<?> operand) {
    return values(operand).get(0);
  }

  public int[] indices(Operand<?> operand) {
    return Arrays.stream(value(operand)).mapToInt(v -> (int) v).toArray();
  }

  /** The values of operands in one run, as doubles; of flags, 0 and 1. */
  public List<double[]> values(Operand<?>... operands) {
    List<Operand<TFloat64>> converted = new ArrayList<>();
    for (Operand<?> operand : operands) {
      converted.add(tf.dtypes.cast(operand, TFloat64.class));
    }
    try (Session session = new Session(graph, withoutGraphRewriting())) {
      Session.Runner runner = session.runner();
      converted.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<double[]> values = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
          TFloat64 tensor = (TFloat64) result.get(i);
          double[] flat = new double[Math.toIntExact(tensor.size())];
          tensor.asRawTensor().data().asDoubles().read(flat);
          values.add(flat);
        }
        return values;
      }
    }
  }

  /** Rewriting a graph before its only run takes longer than the run. */
  private static ConfigProto withoutGraphRewriting() {
    return ConfigProto.newBuilder()
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
  }

  @Override
  public void close() {
    graph.close();
  }
}
