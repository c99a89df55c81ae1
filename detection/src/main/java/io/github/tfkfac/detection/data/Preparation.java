package io.github.tfkfac.detection.data;

import io.github.tfkfac.models.data.PixelScaling;
import java.util.Objects;

/**
 * Settings for turning an image and its annotations into a {@link DetectionSample}.
 *
 * @param resize size of the result
 * @param scaling from bytes to network inputs
 * @param mirror which images are mirrored
 * @param masks whether masks are made
 */
public record Preparation(Resize resize, PixelScaling scaling, RandomMirror mirror, Masks masks) {

  public Preparation {
    Objects.requireNonNull(resize, "resize");
    Objects.requireNonNull(scaling, "scaling");
    Objects.requireNonNull(mirror, "mirror");
    Objects.requireNonNull(masks, "masks");
  }

  /** ImageNet's mean and standard deviation, no mirroring, no masks. */
  public static Preparation of(Resize resize) {
    return new Preparation(resize, PixelScaling.pretrainedRgb(), RandomMirror.never(), Masks.NONE);
  }

  /** The same with another choice of the images that are mirrored. */
  public Preparation withMirror(RandomMirror replacement) {
    return new Preparation(resize, scaling, replacement, masks);
  }

  /** The same with another treatment of masks. */
  public Preparation withMasks(Masks replacement) {
    return new Preparation(resize, scaling, mirror, replacement);
  }
}
