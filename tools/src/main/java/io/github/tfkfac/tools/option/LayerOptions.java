package io.github.tfkfac.tools.option;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Per-layer options of a second-order optimizer; read by {@link GivenOptions}. Layers are
 * identified by the name of their weight; in patterns {@code *} stands for any characters.
 */
public final class LayerOptions {

  @Option(
      names = "--max-factor",
      paramLabel = "N",
      description =
          "Rows of the largest factor that is kept in full, 0 for no limit; default of train and"
              + " finetune: 0, or what keeps the first step below 20 others; of small detectors: 1152."
              + " See --large-factors and 'kfac inspect'.")
  @Nullable Integer maxFactor;

  @Option(
      names = "--large-factors",
      paramLabel = "NAME",
      description =
          "Larger factors become blocks of --max-factor rows along their diagonal (blocks), or are"
              + " left out, so that the layer is preconditioned on its other side alone"
              + " (one-sided); default blocks.")
  @Nullable String largeFactors;

  @Option(
      names = "--skip-layers",
      paramLabel = "PATTERN",
      split = ",",
      description =
          "Layers that are trained without preconditioning, such as 'linear/*'; may be repeated, or"
              + " separated by commas. 'kfac inspect' lists the names.")
  @Nullable List<String> skipLayers;

  @Option(
      names = "--layer-damping",
      paramLabel = "PATTERN=D",
      split = ",",
      description = "Another --damping for some layers.")
  @Nullable List<String> layerDamping;

  @Option(
      names = "--layer-period",
      paramLabel = "PATTERN=STEPS",
      split = ",",
      description = "Another --inverse-period for some layers.")
  @Nullable List<String> layerPeriod;

  @Option(
      names = "--layer-solver",
      paramLabel = "PATTERN=NAME",
      split = ",",
      description = "Another --exact-solver for some layers.")
  @Nullable List<String> layerSolver;

  @Option(
      names = "--normalization-blocks",
      negatable = true,
      fallbackValue = "true",
      description =
          "Precondition scale and shift of a normalization layer by 2 x 2 blocks, one per channel;"
              + " default no.")
  @Nullable Boolean normalizationBlocks;

  @Option(
      names = "--strict",
      negatable = true,
      fallbackValue = "true",
      description = "Reject a network with a matrix that belongs to no captured layer.")
  @Nullable Boolean strict;
}
