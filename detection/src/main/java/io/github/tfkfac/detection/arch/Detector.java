package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * Builds the networks of a detector; what is between them (anchors, proposals, pooling) is not
 * here. Each function takes the root of a training or an inference pass; passes of one store share
 * all variables.
 *
 * <p>Parameters have torchvision's names with '/' for '.': {@code backbone/body}, {@code
 * backbone/fpn}, {@code rpn/head}, {@code roi_heads}.
 *
 * @param config what to build
 */
public record Detector(DetectorConfig config) {

  /**
   * Backbone and feature pyramid.
   *
   * <p><i>Shapes</i>: images {@code [N, H, W, 3]}; only the channels must be known.
   *
   * @param images normalized images; height and width should be multiples of 32
   */
  public <T extends TNumber> FeaturePyramid<T> pyramid(LayerContext<T> root, Operand<T> images) {
    LayerContext<T> context = root.in("backbone");
    return new Fpn(config.pyramidChannels())
        .apply(context.in("fpn"), config.backbone().features(context.in("body"), images));
  }

  /** The proposal head on every level of the pyramid. */
  public <T extends TNumber> RpnOutput<T> proposals(
      LayerContext<T> root, FeaturePyramid<T> pyramid) {
    return new RpnHead(config.pyramidChannels(), config.anchors().perPixel())
        .apply(root.in("rpn").in("head"), pyramid.levels());
  }

  /**
   * The box head.
   *
   * <p><i>Shapes</i>: pooled regions {@code [R, pool, pool, channels]}; all but R must be known.
   */
  public <T extends TNumber> BoxOutput<T> boxes(LayerContext<T> root, Operand<T> pooled) {
    return new BoxHead(config.headWidth(), config.labels(), config.headStart())
        .apply(root.in("roi_heads"), pooled);
  }

  /**
   * The mask head.
   *
   * <p><i>Shapes</i>: pooled regions {@code [R, pool, pool, channels]} with known channels; logits
   * {@code [R, 2 pool, 2 pool, regions]} of each of {@link ClassLabels#boxes}.
   *
   * @throws IllegalStateException if the detector has no mask head
   */
  public <T extends TNumber> Operand<T> masks(LayerContext<T> root, Operand<T> pooled) {
    MaskSettings settings =
        config
            .masks()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "expected a detector with masks, found one without: add them by"
                            + " DetectorConfig.withMasks"));
    return new MaskHead(settings, config.labels()).apply(root.in("roi_heads"), pooled);
  }
}
