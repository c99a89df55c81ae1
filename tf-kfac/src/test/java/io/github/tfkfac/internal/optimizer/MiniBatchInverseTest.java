package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
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
      List<SimpleMatrix> factors = MlpFactors.of(graph, mlp, 1, examples);
      graph.run(train);
      MlpFactors.NAMES.forEach(
          name -> {
            SimpleMatrix factor = factors.get(MlpFactors.NAMES.indexOf(name));
            SimpleMatrix damped =
                star
                    ? NkfacOracle.damped(NkfacOracle.normalized(factor))
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
}
