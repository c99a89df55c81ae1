package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.detection.assign.SampleSize;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.layer.FixedBatchNorm.Affine;
import io.github.tfkfac.models.layer.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Faster R-CNN or, with masks, Mask R-CNN on a feature pyramid, as values; {@link Detector} builds
 * it.
 *
 * <p>Sources: Ren et al. (2015); He et al. (2017); Lin et al. (2017). The presets are MMDetection's
 * recipes faster-rcnn and mask-rcnn, _r50_fpn_1x_coco.
 *
 * @param backbone the residual network; fixed batch normalization must agree with the profile
 * @param pyramidChannels channels of the pyramid's levels and of the proposal head
 * @param headWidth outputs of the box head's two dense layers
 * @param classes number of classes, without the background
 * @param anchors anchors, one size per level of the pyramid: the backbone's stages and one more
 * @param proposals the proposal network's numbers
 * @param regions numbers of the regions of interest
 * @param detections numbers of the final boxes
 * @param masks the mask head, if there is one
 * @param profile whose conventions are followed
 * @param headStart initial kernels of the box head
 */
public record DetectorConfig(
    ResNetBody backbone,
    int pyramidChannels,
    int headWidth,
    int classes,
    AnchorSettings anchors,
    ProposalSettings proposals,
    RegionSettings regions,
    DetectionSettings detections,
    Optional<MaskSettings> masks,
    DetectorProfile profile,
    HeadStart headStart) {

  private static final int COCO_CLASSES = 80;

  public DetectorConfig {
    Require.positive("channels of the pyramid", pyramidChannels);
    Require.positive("width of the box head", headWidth);
    Require.positive("number of classes", classes);
    int levels = backbone.blocks().size() + 1;
    if (anchors.sizes().size() != levels) {
      throw new IllegalArgumentException(
          String.format(
              "expected an anchor size for each of the pyramid's %d levels, found %s",
              levels, anchors.sizes()));
    }
    if (backbone.normalizer() instanceof Normalizer.FixedBatch fixed
        && !fixed.equals(normalizer(profile))) {
      throw new IllegalArgumentException(
          String.format(
              "expected the backbone's scale and shift to be %s as in the profile, found %s, and"
                  + " epsilon %s, found %s: change the profile by withProfile",
              affine(profile), fixed.affine(), profile.normalizationEpsilon(), fixed.epsilon()));
    }
  }

  /**
   * Faster R-CNN on 80 classes as MMDetection trains it from ImageNet weights: fixed statistics,
   * frozen stem and first stage.
   *
   * @param depth of the ResNet, 50 or 101 in the published tables
   */
  public static DetectorConfig fasterRcnn(int depth) {
    DetectorProfile profile = DetectorProfile.mmdetection();
    return new DetectorConfig(
        ResNetBody.ofDepth(depth).withNormalizer(normalizer(profile)).withFrozenParts(2),
        256,
        1024,
        COCO_CLASSES,
        AnchorSettings.ofSizes(32.0, 64.0, 128.0, 256.0, 512.0),
        ProposalSettings.usual(),
        RegionSettings.usual(),
        DetectionSettings.usual(),
        Optional.empty(),
        profile,
        HeadStart.PUBLISHED);
  }

  /** {@link #fasterRcnn} with a mask head. */
  public static DetectorConfig maskRcnn(int depth) {
    return fasterRcnn(depth).withMasks(MaskSettings.usual());
  }

  /**
   * A detector that learns a few images of about 128 pixels from scratch on a CPU: ResNet-18 with
   * GroupNorm of 16 groups, 64 channels in the pyramid, 128 in the box head, which starts {@link
   * HeadStart#BY_INPUTS}, 64 anchors and 64 regions per image.
   */
  public static DetectorConfig small(int classes) {
    ProposalSettings.Limits limits = new ProposalSettings.Limits(200, 200);
    return new DetectorConfig(
        ResNetBody.ofDepth(18).withNormalizer(new Normalizer.Group(16)),
        64,
        128,
        classes,
        AnchorSettings.ofSizes(16.0, 32.0, 64.0, 128.0, 256.0),
        ProposalSettings.usual().withLimits(limits, limits).withSamples(new SampleSize(64, 0.5)),
        RegionSettings.usual().withSamples(new SampleSize(64, 0.25)),
        DetectionSettings.usual(),
        Optional.empty(),
        DetectorProfile.mmdetection(),
        HeadStart.BY_INPUTS);
  }

  /** Numbering of classes and background among the heads' outputs. */
  public ClassLabels labels() {
    return new ClassLabels(classes, profile.background());
  }

  /** Pixels of the image per pixel of each level of the pyramid, finest first. */
  public List<Integer> strides() {
    List<Integer> strides = new ArrayList<>(backbone.strides());
    strides.add(2 * strides.get(strides.size() - 1));
    return List.copyOf(strides);
  }

  /** The same with another backbone. */
  public DetectorConfig withBackbone(ResNetBody other) {
    return with(copy -> copy.backbone = other);
  }

  /** With other numbers of channels in the pyramid and of outputs in the box head. */
  public DetectorConfig withWidths(int newPyramidChannels, int newHeadWidth) {
    return with(
        copy -> {
          copy.pyramidChannels = newPyramidChannels;
          copy.headWidth = newHeadWidth;
        });
  }

  /** The same for another number of classes, the background left out. */
  public DetectorConfig withClasses(int other) {
    return with(copy -> copy.classes = other);
  }

  /** The same with other anchors. */
  public DetectorConfig withAnchors(AnchorSettings other) {
    return with(copy -> copy.anchors = other);
  }

  /** The same with other settings of the proposals. */
  public DetectorConfig withProposals(ProposalSettings other) {
    return with(copy -> copy.proposals = other);
  }

  /** The same with other settings of the regions. */
  public DetectorConfig withRegions(RegionSettings other) {
    return with(copy -> copy.regions = other);
  }

  /** The same with other settings of the final boxes. */
  public DetectorConfig withDetections(DetectionSettings other) {
    return with(copy -> copy.detections = other);
  }

  /** The same with a mask head: Mask R-CNN. */
  public DetectorConfig withMasks(MaskSettings other) {
    return with(copy -> copy.masks = Optional.of(other));
  }

  /** With other initial kernels of the box head. */
  public DetectorConfig withHeadStart(HeadStart other) {
    return with(copy -> copy.headStart = other);
  }

  /** With other conventions, also for the backbone's batch normalization where it is fixed. */
  public DetectorConfig withProfile(DetectorProfile other) {
    return with(
        copy -> {
          copy.profile = other;
          if (backbone.normalizer() instanceof Normalizer.FixedBatch) {
            copy.backbone = backbone.withNormalizer(normalizer(other));
          }
        });
  }

  private DetectorConfig with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.checked();
  }

  /** The values of a configuration, to be changed before they make another. */
  private static final class Copy {

    private ResNetBody backbone;
    private int pyramidChannels;
    private int headWidth;
    private int classes;
    private AnchorSettings anchors;
    private ProposalSettings proposals;
    private RegionSettings regions;
    private DetectionSettings detections;
    private Optional<MaskSettings> masks;
    private DetectorProfile profile;
    private HeadStart headStart;

    Copy(DetectorConfig original) {
      backbone = original.backbone;
      pyramidChannels = original.pyramidChannels;
      headWidth = original.headWidth;
      classes = original.classes;
      anchors = original.anchors;
      proposals = original.proposals;
      regions = original.regions;
      detections = original.detections;
      masks = original.masks;
      profile = original.profile;
      headStart = original.headStart;
    }

    DetectorConfig checked() {
      return new DetectorConfig(
          backbone,
          pyramidChannels,
          headWidth,
          classes,
          anchors,
          proposals,
          regions,
          detections,
          masks,
          profile,
          headStart);
    }
  }

  private static Normalizer.FixedBatch normalizer(DetectorProfile profile) {
    return new Normalizer.FixedBatch(affine(profile), profile.normalizationEpsilon());
  }

  private static Affine affine(DetectorProfile profile) {
    return switch (profile.normalization()) {
      case FIXED -> Affine.FIXED;
      case SCALE_AND_SHIFT -> Affine.TRAINED;
    };
  }
}
