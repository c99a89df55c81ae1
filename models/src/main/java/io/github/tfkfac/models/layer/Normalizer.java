package io.github.tfkfac.models.layer;

/** Normalization that follows the convolutions of a network. */
public sealed interface Normalizer {

  /** The layer, given its initial gamma. */
  Layer layer(Initializer scale);

  /** The normalizer of a part of a network whose weights are frozen. */
  default Normalizer frozen() {
    return this;
  }

  /** {@link BatchNorm}; where weights are frozen, {@link FixedBatch}. */
  record Batch() implements Normalizer {
    @Override
    public Layer layer(Initializer scale) {
      return new BatchNorm().withScale(scale);
    }

    @Override
    public Normalizer frozen() {
      return new FixedBatch(FixedBatchNorm.Affine.FIXED);
    }
  }

  /**
   * {@link FixedBatchNorm}.
   *
   * @param affine whether gamma and beta are trained
   * @param epsilon added to the variance
   */
  record FixedBatch(FixedBatchNorm.Affine affine, double epsilon) implements Normalizer {

    public FixedBatch {
      Checks.atLeastZero("epsilon of FixedBatchNorm", epsilon);
    }

    /** Epsilon 1e-5. */
    public FixedBatch(FixedBatchNorm.Affine affine) {
      this(affine, FixedBatchNorm.DEFAULT_EPSILON);
    }

    @Override
    public Layer layer(Initializer scale) {
      return new FixedBatchNorm(affine, epsilon, scale);
    }
  }

  /**
   * {@link GroupNorm}.
   *
   * @param groups number of groups
   */
  record Group(int groups) implements Normalizer {
    public Group {
      Checks.positive("groups of GroupNorm", groups);
    }

    @Override
    public Layer layer(Initializer scale) {
      return new GroupNorm(groups).withScale(scale);
    }
  }
}
