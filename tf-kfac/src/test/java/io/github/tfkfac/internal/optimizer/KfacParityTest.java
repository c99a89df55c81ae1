package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.CoarseCorrection;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.NpzFixture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Follows reference runs of K-FAC and two-level K-FAC step by step. */
class KfacParityTest {

  private static final double FLOAT64_TOLERANCE = 1e-8;
  private static final double FLOAT32_TOLERANCE = 2e-3;

  @ParameterizedTest
  @ValueSource(strings = {"kfac_eigen", "kfac_tikhonov", "two_level_eigen", "two_level_tikhonov"})
  void followsTheReferenceInFloat64(String name) {
    NpzFixture fixture = NpzFixture.load(name);
    try (FixtureRun<TFloat64> run =
        new FixtureRun<>(fixture, name, options(name), TFloat64.class)) {
      run.follow(FLOAT64_TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kfac_eigen", "kfac_tikhonov", "two_level_eigen", "two_level_tikhonov"})
  void staysCloseToTheReferenceInFloat32(String name) {
    NpzFixture fixture = NpzFixture.load(name);
    try (FixtureRun<TFloat32> run =
        new FixtureRun<>(fixture, name, options(name), TFloat32.class)) {
      for (int step = 0; step < run.steps; step++) {
        run.followLoss(step, FLOAT32_TOLERANCE);
      }
    }
  }

  private static KfacOptions options(String name) {
    KfacOptions preset = name.endsWith("eigen") ? KfacOptions.kfac() : KfacOptions.kfacTikhonov();
    KfacOptions levels =
        name.startsWith("two_level") ? preset.withCoarse(CoarseCorrection.additive()) : preset;
    return levels.withLearningRate(0.02).withWeightDecay(1e-3).withPeriods(2, 6);
  }
}
