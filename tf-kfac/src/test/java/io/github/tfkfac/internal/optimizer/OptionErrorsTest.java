package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.internal.linalg.LuInverse;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat64;

/** Options that do not go together are rejected with what to do about it. */
class OptionErrorsTest {

  @Test
  void anOverrideThatMatchesNoLayerIsNamedWithTheLayers() {
    KfacOptions options = KfacOptions.kfac();
    assertRejected(
        options.withLayer("fc*", layer -> layer.withDamping(Damping.absolute(1))),
        "expected the pattern 'fc*' (override) to match a layer's weight, found none among: w1, w2;"
            + " '*' stands for any characters");
  }

  @Test
  void aSkipThatMatchesNoLayerIsNamed() {
    KfacOptions options = KfacOptions.nkfac();
    assertRejected(
        options.withLayers(given -> given.withSkipped("conv?")),
        "expected the pattern 'conv?' (skip) to match a layer's weight");
  }

  @Test
  void aSkipThatMatchesBiasesOnlyIsNamed() {
    assertRejected(
        KfacOptions.nkfac().withSkippedLayers("b?"),
        "expected the pattern 'b?' (skip) to match a layer's weight, found none among: w1, w2;");
  }

  @Test
  void aSolverForLayersWithoutAveragedInversesIsRejected() {
    KfacOptions options = KfacOptions.ekfac();
    assertRejected(
        options.withLayer("w1", layer -> layer.withExactSolver(new LuInverse())), "leave it out");
  }

  @Test
  void anEigenbasisWithRelativeDampingIsRejected() {
    KfacOptions options = KfacOptions.kfac();
    assertThatThrownBy(() -> options.withDamping(Damping.relative()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use Damping.absolute, or inverses of the damped factors");
  }

  @Test
  void microBatchesAreRejectedByWhatNeedsWholeBatches() {
    for (KfacOptions options :
        List.of(
            KfacOptions.ekfac(),
            KfacOptions.skfac(),
            KfacOptions.twoLevel(),
            KfacOptions.kfac().withFisher(Fisher.sampled(1)))) {
      assertThatThrownBy(() -> options.withTraining(given -> given.withAccumulation(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("found 2 micro-batches; use a larger batch or another preset");
    }
  }

  @Test
  void aSampledFisherWithoutADistributionIsRejected() {
    assertRejected(
        KfacOptions.kfac().withFisher(Fisher.sampled(1)),
        "pass List.of(PredictiveDistribution.categorical(logits)) as third argument, or use"
            + " Fisher.empirical()");
  }

  private static void assertRejected(KfacOptions options, String message) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      assertThatThrownBy(() -> new Kfac(graph.graph, options).minimize(mlp.loss))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(message);
    }
  }
}
