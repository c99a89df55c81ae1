package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/**
 * Networks with operations whose derivatives are supplied move as those that compute the same by
 * operations that TensorFlow differentiates correctly.
 */
class AuditedGradientsTest {

  private static final double CLOSE = 1e-9;
  private static final int STEPS = 4;
  private static final Shape INPUT = Shape.of(5, 4);

  /** Exact GELU by the complementary error function, which has no derivative there, or by erf. */
  private static Operand<TFloat64> gelu(Ops tf, Operand<TFloat64> x, boolean audited) {
    Operand<TFloat64> scaled = tf.math.mul(x, tf.constant(Math.sqrt(0.5)));
    Operand<TFloat64> both =
        audited
            ? tf.math.erfc(tf.math.neg(scaled))
            : tf.math.add(tf.constant(1.0), tf.math.erf(scaled));
    return tf.math.mul(tf.math.mul(x, tf.constant(0.5)), both);
  }

  /** Log-softmax of sequences, or of the matrix of all positions. */
  private static Operand<TFloat64> logSoftmax(Ops tf, Operand<TFloat64> x, boolean audited) {
    Operand<TFloat64> rows =
        tf.reshape(x, tf.constant(audited ? new int[] {5, 2, 3} : new int[] {10, 3}));
    return tf.reshape(tf.nn.logSoftmax(rows), tf.constant(new int[] {5, 6}));
  }

  static Stream<Arguments> optimizers() {
    return Stream.of(
            Map.entry("nkfac", KfacOptions.nkfac()),
            Map.entry("kfac", KfacOptions.kfac()),
            Map.entry("ekfac", KfacOptions.ekfac()))
        .flatMap(
            preset ->
                Stream.of(Fisher.empirical(), Fisher.sampled(7), Fisher.exact())
                    .map(
                        fisher ->
                            Arguments.of(
                                preset.getKey(),
                                fisher,
                                preset
                                    .getValue()
                                    .withFisher(fisher)
                                    .withPeriods(1, 2)
                                    .withLearningRate(0.02))));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("optimizers")
  void aNetworkMovesAsItsTwin(String name, Fisher fisher, KfacOptions options) {
    for (Kind kind : Kind.values()) {
      Map<String, double[]> expected = after(kind, options, false);
      Map<String, double[]> found = after(kind, options, true);
      assertThat(expected.keySet()).hasSizeGreaterThan(9).isEqualTo(found.keySet());
      expected.forEach(
          (variable, values) -> {
            double largest =
                Stream.of(values)
                    .flatMapToDouble(Arrays::stream)
                    .map(Math::abs)
                    .max()
                    .orElseThrow();
            for (int i = 0; i < values.length; i++) {
              assertThat(found.get(variable)[i])
                  .as("%s[%d], %s variables", variable, i, kind)
                  .isCloseTo(values[i], within(CLOSE * Math.max(1, largest)));
            }
          });
    }
  }

  /** Every variable after some steps: weights, factors, inverses, counters. */
  private static Map<String, double[]> after(Kind kind, KfacOptions options, boolean audited) {
    try (TestGraph<TFloat64> graph = new TestGraph<>(TFloat64.class, kind)) {
      Ops tf = graph.tf;
      Placeholder<TFloat64> x = graph.input(INPUT);
      Placeholder<TFloat64> targets = graph.input(Shape.of(5, 3));
      Operand<TFloat64> first = tf.linalg.matMul(x, graph.variable("first", 1, Shape.of(4, 6)));
      Operand<TFloat64> hidden = tf.math.add(first, gelu(tf, first, audited));
      Operand<TFloat64> second =
          tf.linalg.matMul(hidden, graph.variable("second", 2, Shape.of(6, 6)));
      Operand<TFloat64> mixed =
          tf.math.add(tf.math.add(hidden, tf.math.tanh(second)), logSoftmax(tf, second, audited));
      Operand<TFloat64> logits =
          tf.linalg.matMul(mixed, graph.variable("third", 3, Shape.of(6, 3)));
      Operand<TFloat64> fit =
          tf.math.neg(
              tf.math.mul(
                  graph.sum(tf.math.mul(targets, tf.nn.logSoftmax(logits))), tf.constant(0.2)));
      Operand<TFloat64> decay =
          tf.math.mul(tf.nn.l2Loss(graph.variable("fourth", 4, Shape.of(2))), tf.constant(0.1));
      Kfac optimizer =
          new Kfac(graph.graph, options, List.of(PredictiveDistribution.categorical(logits)));
      Op train = optimizer.minimize(List.of(fit, decay));
      graph.start();
      graph.feed(targets, Shape.of(5, 3), 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0);
      for (int step = 0; step < STEPS; step++) {
        graph.feed(x, INPUT, TestGraph.random(30 + step, INPUT.size()));
        graph.run(train);
      }
      assertThat(optimizer.layers()).hasSize(3);
      Map<String, double[]> values = new TreeMap<>();
      graph
          .everyVariable()
          .forEach(
              (variable, found) ->
                  values.put(variable, found.stream().mapToDouble(Double::doubleValue).toArray()));
      // An eigenvector may point either way.
      values.keySet().removeIf(variable -> variable.endsWith("_basis"));
      return values;
    }
  }
}
