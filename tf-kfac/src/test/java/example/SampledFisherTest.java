package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import java.util.List;
import org.junit.jupiter.api.Test;

/** EKFAC with targets drawn from the model's own distribution. */
class SampledFisherTest {

  @Test
  void ekfacTrainsWithASampledFisher() {
    KfacOptions options =
        KfacOptions.ekfac().withFisher(Fisher.sampled(1)).withPeriods(1, 5).withLearningRate(0.02);
    try (Circle circle = new Circle()) {
      var outputs = List.of(PredictiveDistribution.categorical(circle.logits));
      Kfac kfac = new Kfac(circle.graph, options, outputs);
      float[] losses = circle.firstAndLast(kfac.minimize(circle.loss));
      assertThat(losses[1]).isLessThan(0.8f * losses[0]);
    }
  }
}
