package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.internal.linalg.InverseNorm;
import io.github.tfkfac.testing.NpzFixture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /**
   * The cnn's fixture passes a kink: before update 34 an input of its second ReLU is -1.6e-6, of a
   * layer whose inputs are 1 on average, so in float32 its sign is decided by the order of
   * summation, and a run on the other side is 3e-3 away at the end. Its states before are compared.
   */
  @ParameterizedTest
  @CsvSource({"mlp, 60", "cnn, 33", "ada_mlp, 60"})
  void staysCloseToTheReferenceInFloat32(String name, int lastComparedUpdate) {
    NpzFixture fixture = NpzFixture.load(name);
    try (FixtureRun<TFloat32> run =
        new FixtureRun<>(fixture, name, options(name), TFloat32.class)) {
      run.follow(FLOAT32_TOLERANCE, lastComparedUpdate);
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
