package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.internal.linalg.InverseNorm;
import io.github.tfkfac.testing.NpzFixture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Follows training runs of the published NKFAC and AdaNKFAC code step by step. */
class NkfacParityTest {

  private static final double FLOAT64_TOLERANCE = 1e-9;
  private static final double FLOAT32_TOLERANCE = 2e-3;

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "ada_mlp"})
  void followsTheReferenceInFloat64(String name) {
    NpzFixture fixture = NpzFixture.load(name);
    try (FixtureRun<TFloat64> run =
        new FixtureRun<>(fixture, name, options(name), TFloat64.class)) {
      run.follow(FLOAT64_TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "ada_mlp"})
  void staysCloseToTheReferenceInFloat32(String name) {
    NpzFixture fixture = NpzFixture.load(name);
    try (FixtureRun<TFloat32> run =
        new FixtureRun<>(fixture, name, options(name), TFloat32.class)) {
      for (int step = 0; step < run.steps; step++) {
        run.followLoss(step, FLOAT32_TOLERANCE);
      }
      double difference = 0;
      double scale = 0;
      for (String variable : run.network.variables.keySet()) {
        double[] actual = run.value(variable);
        double[] expected = fixture.get("step" + run.steps + "/" + variable).values();
        for (int i = 0; i < expected.length; i++) {
          difference += Math.pow(actual[i] - expected[i], 2);
          scale += Math.pow(expected[i], 2);
        }
      }
      assertThat(Math.sqrt(difference / scale))
          .as("%s: relative error of all weights at the end", name)
          .isLessThanOrEqualTo(FLOAT32_TOLERANCE);
    }
  }

  private static KfacOptions options(String name) {
    return switch (name) {
      case "mlp" -> KfacOptions.nkfac().withPeriods(2, 10);
      case "cnn" -> KfacOptions.nkfac().withPeriods(5, 10);
      case "ada_mlp" ->
          KfacOptions.adaNkfac()
              .withLearningRate(0.01)
              .withWeightDecay(0.05)
              .withPeriods(3, 6)
              .withNewton(2, new InverseNorm());
      default -> throw new IllegalArgumentException(name);
    };
  }
}
