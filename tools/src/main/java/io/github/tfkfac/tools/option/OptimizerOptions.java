package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Hyper-parameters of the optimizer; read by {@link GivenOptions}. */
public final class OptimizerOptions {

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description =
          "Peak learning rate; default as published for CIFAR: 0.05 for nkfac, kfac-star and"
              + " skfac-star, 0.0005 for kfac, kfac-tikhonov, ekfac, skfac and two-level, 0.1 for"
              + " sgdm and nesterov, 0.001 for adankfac, adamw, radam and adabelief. For a SavedModel,"
              + " which was trained before: 0.0005, 0.00001, 0.0003 and 0.00001; with a new head ten"
              + " times that.")
  @Nullable Double learningRate;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description =
          "Default as published for CIFAR: 0.001 for nkfac, kfac-star and skfac-star, 0.1 for kfac,"
              + " kfac-tikhonov, ekfac, skfac and two-level, 0.0005 for sgdm and nesterov, 0.5 for"
              + " adamw, radam and adabelief, 0 for adankfac.")
  @Nullable Double weightDecay;

  @Option(
      names = "--decay-kernels-only",
      negatable = true,
      fallbackValue = "true",
      description = "Exclude biases and normalization parameters from weight decay.")
  @Nullable Boolean decayKernelsOnly;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      description = "Momentum, of all but adankfac, adamw, radam and adabelief; default 0.9.")
  @Nullable Double momentum;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "Learning rate over the run: cosine, constant or step; default cosine.")
  @Nullable String schedule;

  @Option(
      names = "--last-factor",
      paramLabel = "F",
      description =
          "End of the cosine as a part of --lr, or factor of the step schedule after each third of"
              + " the run; default 0.001.")
  @Nullable Double lastFactor;

  @Option(
      names = "--warmup-steps",
      paramLabel = "N",
      description = "Steps over which the learning rate rises from 0; default 0.")
  @Nullable Long warmUpSteps;

  @Option(
      names = "--clip-norm",
      paramLabel = "NORM",
      description = "Bound of the gradients' joint norm; default 0, none.")
  @Nullable Double clipNorm;

  @Option(
      names = "--accumulation",
      paramLabel = "N",
      description = "Batches whose gradients make one step; default 1.")
  @Nullable Integer accumulation;
}
