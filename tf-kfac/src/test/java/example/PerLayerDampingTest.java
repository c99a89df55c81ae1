package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.Damping;
import org.junit.jupiter.api.Test;

/** A damping for one layer, and a bound of the gradient, on top of a preset. */
class PerLayerDampingTest {

  @Test
  void oneLayerHasItsOwnDampingAndNothingElseIsLost() {
    KfacOptions options =
        KfacOptions.nkfac()
            .withLearningRate(0.05)
            .withAverageDecay(0.9)
            .withLayer("head/*", layer -> layer.withDamping(Damping.relative(0.03)))
            .withSkippedLayers("hidden/*")
            .staggered();
    assertThat(options)
        .isNotEqualTo(options.unstaggered())
        .isEqualTo(options.unstaggered().withLearningRate(0.05).withAverageDecay(0.9).staggered());
    try (Circle circle = new Circle()) {
      Kfac kfac = new Kfac(circle.graph, options);
      float[] losses = circle.firstAndLast(kfac.minimize(circle.loss));
      assertThat(kfac.layers().get(0).name()).isEqualTo("head/kernel");
      assertThat(kfac.layers()).hasSize(1);
      assertThat(losses[1]).isLessThan(0.6f * losses[0]);
    }
  }
}
