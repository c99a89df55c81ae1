package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Certification;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
import java.util.Optional;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** Iterative refreshes that are probed and repaired. */
class CertifiedRefreshTest {

  private static final int EXAMPLES = 5;
  private static final int PROBES = 4;
  private static final int ITERATIVE_STEPS = 3;
  private static final double TOLERANCE = 1e-10;
  private static final List<String> FACTORS = List.of("w1/A", "w1/G", "w2/A", "w2/G");

  @Test
  void whatNoIterationCanCertifyIsInvertedExactlyAndCounted() {
    try (TestGraph<TFloat64> graph = trained(Optional.of(new Certification(PROBES, 1e-300)))) {
      for (String factor : FACTORS) {
        assertThat(graph.value("kfac/" + factor + "_repairs"))
            .as("one step more and exact inverses of %s", factor)
            .containsExactly(0, ITERATIVE_STEPS);
        assertThat(errorOfInverse(graph, factor)).as(factor).isLessThanOrEqualTo(TOLERANCE);
      }
    }
  }

  @Test
  void whatIsCertifiedAtOnceIsNewtonsResultAndNothingIsCounted() {
    try (TestGraph<TFloat64> graph = trained(Optional.of(new Certification(PROBES, 1e300)));
        TestGraph<TFloat64> plain = trained(Optional.empty())) {
      for (String factor : FACTORS) {
        assertThat(graph.value("kfac/" + factor + "_repairs")).as(factor).containsExactly(0, 0);
        assertThat(graph.value("kfac/" + factor + "_inverse"))
            .as(factor)
            .containsExactly(plain.value("kfac/" + factor + "_inverse"));
      }
      assertThat(errorOfInverse(graph, "w2/A"))
          .as("Newton's iteration is not exact")
          .isGreaterThan(TOLERANCE);
    }
  }

  /** One exact refresh and some iterative ones, on changing batches. */
  private static TestGraph<TFloat64> trained(Optional<Certification> certification) {
    KfacOptions options =
        KfacOptions.nkfac()
            .withPeriods(1, 1)
            .withAverageDecay(0.5)
            .withRefreshes(new RefreshPolicy(1, 0, 1000));
    TestGraph<TFloat64> graph = TestGraph.float64();
    TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
    Op train =
        new Kfac(graph.graph, certification.map(options::withCertification).orElse(options))
            .minimize(mlp.loss);
    graph.start();
    for (int step = 0; step <= ITERATIVE_STEPS; step++) {
      mlp.feedBatch(step, EXAMPLES);
      graph.run(train);
    }
    return graph;
  }

  private static double errorOfInverse(TestGraph<TFloat64> graph, String factor) {
    double[] average = graph.value("kfac/" + factor);
    int order = (int) Math.round(Math.sqrt(average.length));
    SimpleMatrix exact = NkfacOracle.damped(NkfacOracle.matrix(order, order, average)).invert();
    return Tensors.relativeError(
        graph.value("kfac/" + factor + "_inverse"), NkfacOracle.values(exact));
  }
}
