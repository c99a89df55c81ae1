package io.github.tfkfac.detection.arch;

import java.util.List;

/**
 * The anchors of a feature pyramid: one of each ratio at every pixel of every level, with an area
 * of the level's size squared.
 *
 * @param sizes side of the square anchor of each level, in pixels of the image, finest level first
 * @param ratios height divided by width
 */
public record AnchorSettings(List<Double> sizes, List<Double> ratios) {

  private static final List<Double> USUAL_RATIOS = List.of(0.5, 1.0, 2.0);

  public AnchorSettings {
    sizes = List.copyOf(sizes);
    ratios = List.copyOf(ratios);
    if (sizes.isEmpty() || ratios.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one anchor size and one ratio, found " + sizes + " and " + ratios);
    }
    sizes.forEach(size -> Require.positive("size of an anchor", size));
    ratios.forEach(ratio -> Require.positive("ratio of an anchor", ratio));
  }

  /** These sizes with ratios 1/2, 1 and 2. */
  public static AnchorSettings ofSizes(Double... sizes) {
    return new AnchorSettings(List.of(sizes), USUAL_RATIOS);
  }

  /** Anchors at each pixel of a level. */
  public int perPixel() {
    return ratios.size();
  }
}
