package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** Where the approximation is exact, K-FAC is Newton's method. */
class LinearRegressionTest {

  private static final int EXAMPLES = 20;
  private static final int INPUTS = 3;
  private static final int OUTPUTS = 2;
  private static final double TOLERANCE = 1e-6;

  @ParameterizedTest
  @ValueSource(strings = {"kfac", "ekfac"})
  void oneUndampedStepOnTheWholeBatchReachesTheOptimum(String preset) {
    double[] inputs = TestGraph.random(1, EXAMPLES * INPUTS);
    double[] targets = TestGraph.random(2, EXAMPLES * OUTPUTS);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> x = graph.constant(Shape.of(EXAMPLES, INPUTS), inputs);
      Operand<TFloat64> y = graph.constant(Shape.of(EXAMPLES, OUTPUTS), targets);
      Operand<TFloat64> output =
          tf.nn.biasAdd(
              tf.linalg.matMul(x, graph.variable("w", 3, Shape.of(INPUTS, OUTPUTS))),
              graph.variable("b", 4, Shape.of(OUTPUTS)));
      Operand<TFloat64> loss =
          tf.math.div(graph.halfSquare(tf.math.sub(output, y)), tf.constant(graph.type, EXAMPLES));
      Op train =
          new Kfac(graph.graph, options(preset), List.of(PredictiveDistribution.gaussian(output)))
              .minimize(loss);
      graph.start();
      SimpleMatrix optimum = normalEquations(inputs, targets);
      double[] weight = NkfacOracle.values(optimum.rows(0, INPUTS));
      double[] bias = NkfacOracle.values(optimum.rows(INPUTS, INPUTS + 1));
      assertThat(Tensors.relativeError(graph.value("w"), weight))
          .as("distance of the start")
          .isGreaterThan(0.1);
      graph.run(train);
      assertThat(Tensors.relativeError(graph.value("w"), weight)).isLessThan(TOLERANCE);
      assertThat(Tensors.relativeError(graph.value("b"), bias)).isLessThan(TOLERANCE);
    }
  }

  private static KfacOptions options(String preset) {
    KfacOptions options =
        (preset.equals("kfac") ? KfacOptions.kfac() : KfacOptions.ekfac())
            .withLearningRate(1)
            .withPeriods(1, 1)
            .withDamping(Damping.absolute(1e-12))
            .withNormControl(NormControl.none())
            .withFisher(Fisher.exact());
    return options.withTraining(given -> given.withRule(new Momentum(0)));
  }

  /** {@code (X̄ᵀX̄)⁻¹ X̄ᵀY}. */
  private static SimpleMatrix normalEquations(double[] inputs, double[] targets) {
    SimpleMatrix x = NkfacOracle.withOnes(new SimpleMatrix(EXAMPLES, INPUTS, true, inputs.clone()));
    SimpleMatrix y = new SimpleMatrix(EXAMPLES, OUTPUTS, true, targets.clone());
    return x.transpose().mult(x).solve(x.transpose().mult(y));
  }
}
