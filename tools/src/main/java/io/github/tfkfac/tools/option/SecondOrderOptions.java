package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Hyper-parameters of the second-order optimizers; read by {@link GivenOptions}. */
public final class SecondOrderOptions {

  @Option(
      names = "--fisher",
      paramLabel = "NAME",
      description =
          "Targets of the output-gradient statistics: empirical (those of the batch), sampled"
              + " (drawn from what the network predicts, one more backward pass) or exact (one per"
              + " class); default empirical.")
  @Nullable String fisher;

  @Option(
      names = "--positions",
      paramLabel = "NAME",
      description =
          "Places where a convolution is applied within an image: expand (a row of statistics for"
              + " each) or reduce (one row per image); default expand; skfac and skfac-star always"
              + " reduce.")
  @Nullable String positions;

  @Option(
      names = "--stat-period",
      paramLabel = "STEPS",
      description =
          "Steps between two updates of the statistics; default 20 for nkfac and kfac-star, 100 for"
              + " adankfac, 10 for the others and for generated images. Not for skfac and"
              + " skfac-star, which average nothing.")
  @Nullable Long statisticsPeriod;

  @Option(
      names = "--inverse-period",
      paramLabel = "STEPS",
      description =
          "Steps between two refreshes of the inverses or eigenvectors; default 200 for nkfac,"
              + " kfac-star and skfac-star, 1000 for adankfac, 100 for the others; generated"
              + " images: 50.")
  @Nullable Long inversePeriod;

  @Option(
      names = "--refresh",
      paramLabel = "NAME",
      description =
          "together, in one step of the period, or staggered, spread over it; default together.")
  @Nullable String refresh;

  @Option(
      names = "--average-decay",
      paramLabel = "D",
      description =
          "Share of the old statistics kept at an update, or its limit for the optimizers that"
              + " begin with a plain mean; default 0.95.")
  @Nullable Double averageDecay;

  @Option(
      names = "--damping",
      paramLabel = "D",
      description =
          "For nkfac, adankfac, kfac-star and skfac-star the damping as a part of each factor's"
              + " largest eigenvalue, for the others λ; default 0.01 for both. cosine:FROM:TO"
              + " changes it over the run.")
  @Nullable String damping;

  @Option(
      names = "--adaptive-damping",
      negatable = true,
      fallbackValue = "true",
      description =
          "Multiply the damping by a factor that is adapted every 5 steps to how well the curvature"
              + " predicts the loss (Levenberg-Marquardt); kfac, kfac-tikhonov, ekfac and"
              + " two-level, which do not normalize their statistics.")
  @Nullable Boolean adaptiveDamping;

  @Option(
      names = "--newton-iterations",
      paramLabel = "N",
      description =
          "Newton iterations per refresh that is not exact; nkfac and adankfac; default 1.")
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
      description =
          "Exact refreshes of nkfac, adankfac, kfac-star and kfac-tikhonov by cholesky, lu, eigen,"
              + " or auto, the fastest of them by a measurement at the start; default cholesky.")
  @Nullable String exactSolver;

  @Option(
      names = "--certify",
      paramLabel = "TOLERANCE",
      description =
          "Probe the result of Newton iterations, and where the probed residual exceeds the"
              + " tolerance take one more, or else the exact solver; default 0, no probes.")
  @Nullable Double certify;

  @Option(
      names = "--norm-control",
      paramLabel = "NAME",
      description =
          "What is done about the length of a step: recovery (of the gradient's norm, layer by"
              + " layer), kl-clip or none; default recovery for nkfac, adankfac, kfac-star and"
              + " skfac-star, kl-clip for the others.")
  @Nullable String normControl;

  @Option(
      names = "--kl-clip",
      paramLabel = "K",
      description =
          "Bound of the predicted change of the network's distribution in a step; only with"
              + " --norm-control kl-clip; default 0.001, or cosine:FROM:TO.")
  @Nullable String klClip;

  @Mixin LayerOptions layers = new LayerOptions();
}
