package io.github.tfkfac.internal.optimizer;

import static io.github.tfkfac.testing.NkfacOracle.average;
import static io.github.tfkfac.testing.NkfacOracle.matrix;
import static io.github.tfkfac.testing.NkfacOracle.normalized;
import static io.github.tfkfac.testing.NkfacOracle.values;
import static io.github.tfkfac.testing.NkfacOracle.withOnes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.AverageDecay;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** One update of the averages per use of a shared weight, against brute force. */
class SharedUsesTest {

  private static final double EXACT = 1e-12;

  /** This many that the order of the names (MatMul_10 before MatMul_2) is not that of the uses. */
  private static final int USES = 12;

  private static final int ROWS = 2;
  private static final int INPUTS = 3;
  private static final int OUTPUTS = 2;
  private static final int STEPS = 2;

  @Test
  void everyUseIsNormalizedAndAveragedAlone() {
    assertSequential(KfacOptions.nkfac().withPeriods(1, 100), update -> 0.05);
  }

  @Test
  void aGrowingDecayCountsTheUses() {
    KfacOptions options = KfacOptions.nkfac().withPeriods(1, 100);
    assertSequential(
        options.withFactors(given -> given.withDecay(AverageDecay.growing(0.9))),
        update -> Math.max(1.0 / update, 0.1));
  }

  @Test
  void whatHasNoAveragePerUseIsRejected() {
    assertThatThrownBy(() -> sequential(KfacOptions.skfac()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use SharedUses.POOLED or another preset");
    KfacOptions nkfac = sequential(KfacOptions.nkfac());
    assertThatThrownBy(() -> nkfac.withTraining(given -> given.withAccumulation(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("updates per use of a weight (SharedUses.SEQUENTIAL)");
  }

  private static KfacOptions sequential(KfacOptions options) {
    return options.withFactors(given -> given.withUses(SharedUses.SEQUENTIAL));
  }

  private static void assertSequential(KfacOptions options, IntToDoubleFunction newShare) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> w = graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS));
      Operand<TFloat64> b = graph.variable("b", 2, Shape.of(OUTPUTS));
      Placeholder<TFloat64> x = graph.input(Shape.of(USES, ROWS, INPUTS));
      List<Operand<TFloat64>> losses = new ArrayList<>();
      for (int use = 0; use < USES; use++) {
        Operand<TFloat64> rows = tf.gather(x, tf.constant(use), tf.constant(0));
        Operand<TFloat64> output = tf.nn.biasAdd(tf.linalg.matMul(rows, w), b);
        losses.add(tf.math.mul(graph.halfSquare(output), tf.constant(1.0 + use)));
      }
      Op train = new Kfac(graph.graph, sequential(options)).minimize(tf.math.addN(losses));
      graph.start();

      SimpleMatrix a = new SimpleMatrix(INPUTS + 1, INPUTS + 1);
      SimpleMatrix g = new SimpleMatrix(OUTPUTS, OUTPUTS);
      for (int step = 0; step < STEPS; step++) {
        double[] batch = TestGraph.random(10 + step, x.shape().size());
        List<SimpleMatrix> inputs = new ArrayList<>();
        List<SimpleMatrix> gradients = new ArrayList<>();
        SimpleMatrix weight =
            matrix(INPUTS, OUTPUTS, graph.value("w"))
                .concatRows(matrix(1, OUTPUTS, graph.value("b")));
        for (int use = 0; use < USES; use++) {
          SimpleMatrix rows = rows(batch, use);
          SimpleMatrix gradient = rows.mult(weight).scale(1.0 + use);
          inputs.add(rows.transpose().mult(rows).divide(ROWS));
          gradients.add(gradient.transpose().mult(gradient));
        }
        Collections.reverse(gradients);
        graph.feed(x, x.shape(), batch);
        graph.run(train);
        for (int use = 0; use < USES; use++) {
          double share = newShare.applyAsDouble(step * USES + use + 1);
          a = average(a, normalized(inputs.get(use)), 1 - share);
          g = average(g, normalized(gradients.get(use)), 1 - share);
        }
        assertClose(graph.value("kfac/w/A"), a, "A after step " + step);
        assertClose(graph.value("kfac/w/G"), g, "G after step " + step);
      }
    }
  }

  private static SimpleMatrix rows(double[] values, int use) {
    int size = ROWS * INPUTS;
    return withOnes(matrix(ROWS, INPUTS, Arrays.copyOfRange(values, use * size, (use + 1) * size)));
  }

  private static void assertClose(double[] actual, SimpleMatrix expected, String what) {
    assertThat(Tensors.relativeError(actual, values(expected))).as(what).isLessThan(EXACT);
  }
}
