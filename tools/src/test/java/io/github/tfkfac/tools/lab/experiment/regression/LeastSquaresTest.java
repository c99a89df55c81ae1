package io.github.tfkfac.tools.lab.experiment.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.data.PlantedTargets;
import org.junit.jupiter.api.Test;

class LeastSquaresTest {

  @Test
  void asManyCoefficientsAsSamplesMeetEveryTarget() {
    assertThat(LeastSquares.loss(PlantedTargets.draw(4, 0, 5, 3))).isCloseTo(0, within(1e-9));
  }

  @Test
  void theSignOfAGaussianKeepsItsKnownDistanceFromEveryLine() {
    // t = sign(s), s standard normal: the best line explains E[|s|]² = 2/π of E[t²] = 1.
    double expected = (1 - 2 / Math.PI) / 2;
    assertThat(LeastSquares.loss(PlantedTargets.draw(10, 0, 25_000, 4)))
        .isCloseTo(expected, within(5e-3));
  }
}
