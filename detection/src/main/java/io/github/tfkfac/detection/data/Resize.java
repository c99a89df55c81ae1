package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import java.util.Objects;

/**
 * The size an image gets before the detector sees it: as large as both limits allow, the ratio of
 * its sides kept up to rounding.
 *
 * <p>{@code s = min(longSide / max(h, w), shortSide / min(h, w))}; rounded: {@code floor(s h +
 * 1/2)} in float64, as mmdetection does; floored: {@code s} in float32, {@code floor(s h)} in
 * float64, as torchvision 0.14 does. A side never becomes less than one pixel.
 *
 * @param rule rounding
 * @param shortSide limit of the shorter side, pixels
 * @param longSide limit of the longer side, pixels
 */
public record Resize(ResizeRule rule, int shortSide, int longSide) {

  /** Limit of the shorter side in both published recipes. */
  public static final int SHORT_SIDE = 800;

  /** Limit of the longer side in both published recipes. */
  public static final int LONG_SIDE = 1333;

  public Resize {
    Objects.requireNonNull(rule, "rule");
    if (shortSide <= 0 || longSide < shortSide) {
      throw new IllegalArgumentException(
          "expected 0 < short side <= long side of resized images, found a short side of "
              + shortSide
              + " and a long side of "
              + longSide);
    }
  }

  /** The limits 800 and 1333. */
  public static Resize published(ResizeRule rule) {
    return new Resize(rule, SHORT_SIDE, LONG_SIDE);
  }

  /** The size of a resized image. */
  public ImageSize sizeOf(ImageSize original) {
    int longer = Math.max(original.height(), original.width());
    int shorter = Math.min(original.height(), original.width());
    return switch (rule) {
      case ROUNDED -> {
        double scale = Math.min((double) longSide / longer, (double) shortSide / shorter);
        yield scaled(original, scale, 0.5);
      }
      case FLOORED -> {
        float scale = Math.min((float) shortSide / shorter, (float) longSide / longer);
        yield scaled(original, scale, 0);
      }
    };
  }

  private static ImageSize scaled(ImageSize original, double scale, double offset) {
    return new ImageSize(
        Math.max(1, (int) (original.height() * scale + offset)),
        Math.max(1, (int) (original.width() * scale + offset)));
  }
}
