package io.github.tfkfac.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** The inverses that SKFAC stores are those of the batch's damped factors. */
class MiniBatchInverseTest {

  private static final double TOLERANCE = 1e-10;

  /** Fewer examples than rows of any factor but one, about as many, and more. */
  @ParameterizedTest
  @CsvSource({"skfac,3", "skfac,5", "skfac,9", "skfacStar,3", "skfacStar,5", "skfacStar,9"})
  void theStoredInversesAreThoseOfTheDenseDampedFactors(String preset, int examples) {
    boolean star = preset.equals("skfacStar");
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train =
          new Kfac(graph.graph, star ? KfacOptions.skfacStar() : KfacOptions.skfac())
              .minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(1, examples);
      Map<String, SimpleMatrix> factors = factors(graph, mlp, examples);
      graph.run(train);
      factors.forEach(
          (name, factor) -> {
            SimpleMatrix damped =
                star
                    ? NkfacOracle.damped(NkfacOracle.normalised(factor))
                    : factor.plus(
                        SimpleMatrix.identity(factor.getNumRows())
                            .scale(Math.sqrt(KfacOptions.KFAC_DAMPING)));
            assertThat(
                    Tensors.relativeError(
                        graph.value("kfac/" + name + "_inverse"),
                        NkfacOracle.values(damped.invert())))
                .as("%s with %d examples", name, examples)
                .isLessThanOrEqualTo(TOLERANCE);
          });
    }
  }

  /** The batch's factors, from the layers' inputs and hand-made gradients of each example. */
  private static Map<String, SimpleMatrix> factors(
      TestGraph<TFloat64> graph, TinyMlp<TFloat64> mlp, int examples) {
    SimpleMatrix x = rows(TinyMlp.inputs(1, examples), TinyMlp.INPUTS);
    SimpleMatrix y = rows(TinyMlp.targets(1, examples), TinyMlp.OUTPUTS);
    SimpleMatrix hidden = rows(graph.fetch(mlp.hidden), TinyMlp.HIDDEN);
    SimpleMatrix second = rows(graph.fetch(mlp.output), TinyMlp.OUTPUTS).minus(y);
    SimpleMatrix slope = hidden.elementMult(hidden).scale(-1).plus(1);
    SimpleMatrix first =
        second.mult(rows(graph.value("w2"), TinyMlp.OUTPUTS).transpose()).elementMult(slope);
    Map<String, SimpleMatrix> factors = new LinkedHashMap<>();
    factors.put("w1/A", meanOuterProduct(NkfacOracle.withOnes(x)));
    factors.put("w1/G", meanOuterProduct(first));
    factors.put("w2/A", meanOuterProduct(NkfacOracle.withOnes(hidden)));
    factors.put("w2/G", meanOuterProduct(second));
    return factors;
  }

  private static SimpleMatrix meanOuterProduct(SimpleMatrix rows) {
    return rows.transpose().mult(rows).divide(rows.getNumRows());
  }

  private static SimpleMatrix rows(double[] values, int columns) {
    return new SimpleMatrix(values.length / columns, columns, true, values);
  }
}
