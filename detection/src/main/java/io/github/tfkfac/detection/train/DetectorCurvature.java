package io.github.tfkfac.detection.train;

import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.extension.FactorStructure;

/**
 * K-FAC settings for two things that a detector has and a classifier has not: the large first dense
 * layer of the box head (fc6) and the shared proposal head.
 *
 * @param firstDense the box head's first dense layer: with 7 × 7 × 256 inputs its input factor
 *     takes 0.6 GB, its inverse as much again, and preconditioning with it a third of a TFLOP a
 *     step
 * @param proposalHead how the levels of the pyramid, which share the proposal head, enter its
 *     factors
 */
public record DetectorCurvature(FirstDense firstDense, SharedUses proposalHead) {

  private static final String FIRST_DENSE = "roi_heads/box_head/fc6/kernel";

  /** The input factor of the box head's first dense layer. */
  public enum FirstDense {
    /** Whole, whatever limit is set for factors. */
    FULL,
    /** A block along the diagonal for each row of a pooled region. */
    BLOCKS,
    /** None: the layer is trained without preconditioning. */
    PLAIN
  }

  /** The whole factor, levels pooled. */
  public static DetectorCurvature full() {
    return new DetectorCurvature(FirstDense.FULL, SharedUses.POOLED);
  }

  /** A block per row of a region, levels pooled; for a CPU. */
  public static DetectorCurvature blocks() {
    return new DetectorCurvature(FirstDense.BLOCKS, SharedUses.POOLED);
  }

  /** The options of an optimizer for a detector. */
  public KfacOptions applyTo(KfacOptions options, DetectorConfig config) {
    return options
        .withLayers(
            layers ->
                switch (firstDense) {
                  case FULL -> withBlocks(layers, config, 1);
                  case BLOCKS -> withBlocks(layers, config, rows(config));
                  case PLAIN -> layers.withSkipped(FIRST_DENSE);
                })
        .withFactors(factors -> factors.withUses(proposalHead));
  }

  private static LayerOptions withBlocks(LayerOptions layers, DetectorConfig config, int blocks) {
    return layers.withLimit(new RegionRows(layers.limit(), inputs(config), blocks));
  }

  private static int rows(DetectorConfig config) {
    return config.regions().pool();
  }

  private static int inputs(DetectorConfig config) {
    return rows(config) * rows(config) * config.pyramidChannels();
  }

  /**
   * Blocks of one layer's input factor, which is known by its size.
   *
   * @param others what is kept of other factors
   * @param inputs of the layer, without the bias
   * @param blocks how many
   */
  record RegionRows(FactorLimit others, int inputs, int blocks) implements FactorLimit {

    @Override
    public FactorStructure kept(FactorStructure full) {
      if (full instanceof FactorStructure.Full && full.size() == inputs + 1) {
        return blocks == 1
            ? full
            : new FactorStructure.Blocks(full.size(), (full.size() + blocks - 1) / blocks);
      }
      return others.kept(full);
    }
  }
}
