package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Hyper-parameters of nkfac and adankfac; read by {@link GivenOptions}. */
public final class SecondOrderOptions {

  @Option(
      names = "--stat-period",
      paramLabel = "STEPS",
      description =
          "Steps between two updates of the statistics; default 20 (adankfac: 100; generated"
              + " images: 10).")
  @Nullable Long statisticsPeriod;

  @Option(
      names = "--inverse-period",
      paramLabel = "STEPS",
      description =
          "Steps between two refreshes of the inverses; default 200 (adankfac: 1000; generated"
              + " images: 50).")
  @Nullable Long inversePeriod;

  @Option(
      names = "--average-decay",
      paramLabel = "D",
      description = "Share of the old statistics kept at an update; default 0.95.")
  @Nullable Double averageDecay;

  @Option(
      names = "--damping",
      paramLabel = "SHARE",
      description = "Damping as a part of each factor's largest eigenvalue; default 0.01.")
  @Nullable Double damping;

  @Option(
      names = "--newton-iterations",
      paramLabel = "N",
      description = "Newton iterations per refresh that is not exact; default 1.")
  @Nullable Integer newtonIterations;

  @Option(
      names = "--step-rule",
      paramLabel = "NAME",
      description =
          "Step length of a Newton iteration: inverse-norm, line-search or spectral-guard; default"
              + " inverse-norm.")
  @Nullable String stepRule;

  @Option(
      names = "--exact-solver",
      paramLabel = "NAME",
      description = "Exact refreshes by cholesky, lu or eigen; default cholesky.")
  @Nullable String exactSolver;

  @Option(
      names = "--strict",
      negatable = true,
      fallbackValue = "true",
      description = "Refuse a network with a matrix that belongs to no captured layer.")
  @Nullable Boolean strict;
}
