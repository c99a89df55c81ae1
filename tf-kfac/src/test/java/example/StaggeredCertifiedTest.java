package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RefreshPolicy;
import org.junit.jupiter.api.Test;

/** Refreshes spread over the period, each verified. */
class StaggeredCertifiedTest {

  @Test
  void staggeredRefreshesAreCertified() {
    KfacOptions options =
        KfacOptions.nkfac()
            .withLearningRate(0.05)
            .withPeriods(2, 10)
            .staggered()
            .withCertification(0.1);
    assertThat(options.refreshes().spread()).isEqualTo(RefreshPolicy.Spread.STAGGERED);
    try (Circle circle = new Circle()) {
      float[] losses = circle.firstAndLast(new Kfac(circle.graph, options).minimize(circle.loss));
      assertThat(losses[1]).isLessThan(0.5f * losses[0]);
    }
  }
}
