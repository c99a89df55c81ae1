package io.github.tfkfac.detection.profile;

/**
 * Settings in which published implementations of Faster and Mask R-CNN with a feature pyramid
 * differ.
 *
 * @param anchorRounding whether base anchors are rounded to whole pixels
 * @param anchorStep distance of neighboring anchors
 * @param lowQualityMatch what happens to anchors that are the best for an object but not good
 * @param proposalLoss loss of the proposal network's box deltas
 * @param boxLoss loss of the box head's deltas
 * @param roiAlignment where the samples of a region of interest lie
 * @param background which of the box head's classes is the background
 * @param deltaClamp how the logarithmic size deltas are limited, by ln(1000/16)
 * @param normalization what trains in the backbone's batch normalization
 * @param maskTarget how the ground truth of the mask head is made
 * @param maskPaste how a predicted mask becomes one of the image's size
 * @param resize how the size of the network's image is computed
 * @param smallestProposal proposals whose sides are shorter, in pixels, are dropped; 0: those
 *     without area
 * @param smallestDetection the same for detections
 * @param normalizationEpsilon added to the variance by the backbone's fixed batch normalization
 */
public record DetectorProfile(
    AnchorRounding anchorRounding,
    AnchorStep anchorStep,
    LowQualityMatch lowQualityMatch,
    DeltaLoss proposalLoss,
    DeltaLoss boxLoss,
    RoiAlignment roiAlignment,
    Background background,
    DeltaClamp deltaClamp,
    BackboneNormalization normalization,
    MaskTarget maskTarget,
    MaskPaste maskPaste,
    ResizeRule resize,
    double smallestProposal,
    double smallestDetection,
    double normalizationEpsilon) {

  /** Epsilon of batch normalization unless weights were made for another. */
  public static final double USUAL_EPSILON = 1e-5;

  public DetectorProfile {
    if (!(normalizationEpsilon >= 0 && Double.isFinite(normalizationEpsilon))) {
      throw new IllegalArgumentException(
          "expected an epsilon >= 0 of the fixed batch normalization, found "
              + normalizationEpsilon);
    }
  }

  /** Rounding of base anchors. */
  public enum AnchorRounding {
    NONE,
    /** To whole pixels, half to even. */
    HALF_EVEN
  }

  /** Distance of neighboring anchors. */
  public enum AnchorStep {
    /** The level's stride. */
    STRIDE,
    /** Padded image size divided by feature size, rounded down, per axis. */
    SIZE_RATIO
  }

  /** Treatment of anchors whose overlap with an object is that object's best. */
  public enum LowQualityMatch {
    /**
     * They get that object, later objects first, if the overlap is at least the lower threshold.
     */
    OVERWRITE_BY_OBJECT,
    /** They get the object that they themselves overlap most, without a lower bound. */
    RESTORE_OWN_BEST
  }

  /** Loss of box deltas. */
  public enum DeltaLoss {
    L1,
    /** Quadratic below 1/9. */
    SMOOTH_L1_NINTH
  }

  /** Positions of the samples of a region of interest. */
  public enum RoiAlignment {
    /** Moved by half a pixel, so that pixel centers are at halves. */
    HALF_PIXEL,
    /** Pixel centers at whole numbers, regions at least one feature pixel wide. */
    LEGACY
  }

  /** Index of the background. */
  public enum Background {
    /** 0; the box head has deltas for it as well. */
    FIRST,
    /** Behind all classes; the box head has no deltas for it. */
    LAST
  }

  /** Limit of the logarithmic size deltas. */
  public enum DeltaClamp {
    UPPER,
    BOTH
  }

  /** Trained parameters of the backbone's batch normalization, whose moving averages are fixed. */
  public enum BackboneNormalization {
    FIXED,
    SCALE_AND_SHIFT
  }

  /** Ground truth of the mask head. */
  public enum MaskTarget {
    /** Averages over samples of the bitmap. */
    SOFT,
    /** 1 where the average is at least a half. */
    THRESHOLDED
  }

  /** Conversion of a predicted mask to one of the image's size. */
  public enum MaskPaste {
    /** Bilinear at pixel centers, zero outside; set where at least a half. */
    PIXEL_CENTERS,
    /** Padded by one, box widened alike and cut to integers, resized; set where above a half. */
    INTEGER_BOX
  }

  /** Size of the network's image. */
  public enum ResizeRule {
    /** Integer sizes, size times scale rounded half up. */
    ROUNDED,
    /** Size times scale, rounded down, the scale in float32. */
    FLOORED
  }

  /** MMDetection's recipes faster-rcnn_r50_fpn_1x_coco and mask-rcnn_r50_fpn_1x_coco. */
  public static DetectorProfile mmdetection() {
    return new DetectorProfile(
        AnchorRounding.NONE,
        AnchorStep.STRIDE,
        LowQualityMatch.OVERWRITE_BY_OBJECT,
        DeltaLoss.L1,
        DeltaLoss.L1,
        RoiAlignment.HALF_PIXEL,
        Background.LAST,
        DeltaClamp.BOTH,
        BackboneNormalization.SCALE_AND_SHIFT,
        MaskTarget.THRESHOLDED,
        MaskPaste.PIXEL_CENTERS,
        ResizeRule.ROUNDED,
        0,
        0,
        USUAL_EPSILON);
  }

  /** Torchvision 0.14's fasterrcnn_resnet50_fpn and maskrcnn_resnet50_fpn. */
  public static DetectorProfile torchvision() {
    return new DetectorProfile(
        AnchorRounding.HALF_EVEN,
        AnchorStep.SIZE_RATIO,
        LowQualityMatch.RESTORE_OWN_BEST,
        DeltaLoss.SMOOTH_L1_NINTH,
        DeltaLoss.SMOOTH_L1_NINTH,
        RoiAlignment.LEGACY,
        Background.FIRST,
        DeltaClamp.UPPER,
        BackboneNormalization.FIXED,
        MaskTarget.SOFT,
        MaskPaste.INTEGER_BOX,
        ResizeRule.FLOORED,
        1e-3,
        1e-2,
        USUAL_EPSILON);
  }

  /**
   * With another epsilon of the fixed batch normalization: 0 for torchvision's whole detectors of
   * its weights COCO_V1, which it builds so; its other weights and detectors have the usual one.
   */
  public DetectorProfile withNormalizationEpsilon(double other) {
    return new DetectorProfile(
        anchorRounding,
        anchorStep,
        lowQualityMatch,
        proposalLoss,
        boxLoss,
        roiAlignment,
        background,
        deltaClamp,
        normalization,
        maskTarget,
        maskPaste,
        resize,
        smallestProposal,
        smallestDetection,
        other);
  }
}
