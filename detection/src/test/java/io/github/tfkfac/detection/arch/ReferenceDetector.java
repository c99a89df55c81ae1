package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.SampleSize;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.layer.FixedBatchNorm.Affine;
import io.github.tfkfac.models.layer.Normalizer;

/** The network behind the reference arrays: torchvision's Mask R-CNN on ResNet-18. */
public final class ReferenceDetector {

  private ReferenceDetector() {}

  public static DetectorConfig config() {
    return DetectorConfig.maskRcnn(18)
        .withProfile(DetectorProfile.torchvision())
        .withBackbone(backbone(18))
        .withWidths(256, 128)
        .withClasses(5)
        .withAnchors(AnchorSettings.ofSizes(16.0, 32.0, 64.0, 96.0, 128.0))
        .withProposals(
            ProposalSettings.usual()
                .withLimits(
                    new ProposalSettings.Limits(60, 120), new ProposalSettings.Limits(45, 70))
                .withSamples(new SampleSize(64, 0.5)))
        .withRegions(
            RegionSettings.usual().withSamples(new SampleSize(32, 0.25)).withFinestScale(6))
        .withDetections(new DetectionSettings(0.05, 0.5, 12));
  }

  /** Constant statistics, scale and shift; every kernel trainable. */
  static ResNetBody backbone(int depth) {
    return ResNetBody.ofDepth(depth).withNormalizer(new Normalizer.FixedBatch(Affine.FIXED));
  }
}
