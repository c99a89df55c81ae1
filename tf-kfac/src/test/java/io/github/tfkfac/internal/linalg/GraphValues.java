package io.github.tfkfac.internal.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Evaluates small graphs: plain arrays in, float64 arrays (row by row) out. */
final class GraphValues {

  private GraphValues() {}

  static double[] evaluate(Function<Ops, Operand<?>> build) {
    return evaluateAll(tf -> List.of(build.apply(tf))).get(0);
  }

  static List<double[]> evaluateAll(Function<Ops, List<Operand<?>>> build) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Session.Runner runner = session.runner();
      build.apply(tf).forEach(o -> runner.fetch(tf.dtypes.cast(o, TFloat64.class)));
      List<double[]> values = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < result.size(); i++) {
          TFloat64 tensor = (TFloat64) result.get(i);
          double[] flat = new double[Math.toIntExact(tensor.size())];
          int[] next = {0};
          tensor.scalars().forEach(scalar -> flat[next[0]++] = scalar.getDouble());
          values.add(flat);
        }
      }
      return values;
    }
  }

  static <T extends TNumber> Operand<T> matrix(Ops tf, Class<T> type, double[][] values) {
    return tf.dtypes.cast(tf.constant(values), type);
  }

  static <T extends TNumber> Operand<T> batch(Ops tf, Class<T> type, double[][]... matrices) {
    return tf.dtypes.cast(tf.constant(matrices), type);
  }
}
