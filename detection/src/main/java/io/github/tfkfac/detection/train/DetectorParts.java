package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.MaskSettings;
import io.github.tfkfac.detection.arch.ProposalSettings;
import io.github.tfkfac.detection.arch.RegionSettings;
import io.github.tfkfac.detection.assign.Matcher;
import io.github.tfkfac.detection.assign.RoiSampler;
import io.github.tfkfac.detection.assign.RpnTargets;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Nms;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.predict.DetectionSelector;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.AnchorStep;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import io.github.tfkfac.detection.proposal.AnchorGenerator;
import io.github.tfkfac.detection.proposal.AnchorGenerator.Size;
import io.github.tfkfac.detection.proposal.ProposalSelector;
import io.github.tfkfac.detection.roi.LevelMap;
import io.github.tfkfac.detection.roi.MaskTargets;
import io.github.tfkfac.detection.roi.PyramidPooling;
import io.github.tfkfac.detection.roi.RoiAlign;
import io.github.tfkfac.detection.roi.RoiAlignGather;
import io.github.tfkfac.detection.roi.RoiPooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Components between the networks of a detector, built from its settings. */
record DetectorParts(DetectorConfig config) {

  /** Torchvision's number of the finest level, and the level of boxes of its canonical size. */
  private static final int FINEST_LEVEL = 2;

  private static final int CANONICAL_LEVEL = 4;
  private static final int CANONICAL_IN_FINEST = 4;
  private static final int FAST_SAMPLES = 2;

  DetectorProfile profile() {
    return config.profile();
  }

  AnchorGenerator anchors() {
    List<AnchorGenerator.Level> levels = new ArrayList<>();
    for (int level = 0; level < config.strides().size(); level++) {
      levels.add(
          new AnchorGenerator.Level(
              List.of(config.anchors().sizes().get(level)),
              config.anchors().ratios(),
              config.strides().get(level)));
    }
    return new AnchorGenerator(levels, profile().anchorRounding(), profile().anchorStep());
  }

  /** Sizes of the pyramid's levels for images of a padded size. */
  List<Size> featureSizes(ImageSize padded) {
    return config.strides().stream()
        .map(
            stride ->
                new Size(
                    (padded.height() + stride - 1) / stride,
                    (padded.width() + stride - 1) / stride))
        .toList();
  }

  /**
   * Anchors of a batch that an image may train: those on the image, padded by itself, where anchors
   * keep to strides (MMDetection); all of the batch where they are spread over it (torchvision).
   */
  boolean[] usableAnchors(ImageSize padded, ImageSize image) {
    ImageSize alone =
        profile().anchorStep() == AnchorStep.STRIDE
            ? image.roundedUp(DetectionBatch.SIZE_MULTIPLE)
            : padded;
    return anchors().inside(featureSizes(padded), new Size(alone.height(), alone.width()));
  }

  RpnTargets anchorTargets(Sampling sampling) {
    ProposalSettings settings = config.proposals();
    return new RpnTargets(
        new Matcher(
            settings.positiveOverlap(),
            settings.negativeOverlap(),
            Optional.of(profile().lowQualityMatch())),
        BoxCoder.forProposals(profile()),
        settings.samples(),
        sampling);
  }

  ProposalSelector proposals(ProposalSettings.Limits limits) {
    return new ProposalSelector(
        limits.perLevel(),
        limits.perImage(),
        config.proposals().suppression(),
        profile().smallestProposal(),
        BoxCoder.forProposals(profile()));
  }

  RoiSampler regionSampler(Sampling sampling) {
    RegionSettings settings = config.regions();
    return new RoiSampler(
        settings.samples(),
        settings.positiveOverlap(),
        config.labels(),
        BoxCoder.forBoxes(profile()),
        sampling);
  }

  PyramidPooling boxPooling(RegionFeatures features) {
    return pooling(config.regions().pool(), features);
  }

  PyramidPooling maskPooling(RegionFeatures features) {
    return pooling(masks().pool(), features);
  }

  private PyramidPooling pooling(int bins, RegionFeatures features) {
    RoiAlignment alignment = profile().roiAlignment();
    int samples = config.regions().samplesPerBin();
    RoiPooling pooling =
        features == RegionFeatures.CROP_AND_RESIZE && samples == FAST_SAMPLES
            ? new RoiAlign(bins, bins, alignment)
            : new RoiAlignGather(bins, bins, samples, alignment);
    List<Integer> strides = config.strides().subList(0, config.strides().size() - 1);
    return new PyramidPooling(levelMap(strides.size()), pooling, strides);
  }

  private LevelMap levelMap(int levels) {
    double finest = config.regions().finestScale();
    return profile().roiAlignment() == RoiAlignment.LEGACY
        ? new LevelMap.Canonical(
            CANONICAL_IN_FINEST * finest, CANONICAL_LEVEL, FINEST_LEVEL, FINEST_LEVEL + levels - 1)
        : new LevelMap.FinestScale(finest, levels);
  }

  MaskTargets maskTargets() {
    return new MaskTargets(masks().maskSize(), profile().maskTarget());
  }

  private MaskSettings masks() {
    return config.masks().orElseThrow();
  }

  DetectionSelector detections() {
    return new DetectionSelector(
        config.labels(),
        BoxCoder.forBoxes(profile()),
        config.detections().scoreThreshold(),
        new Nms(config.detections().suppression()),
        profile().smallestDetection(),
        config.detections().perImage());
  }
}
