package io.github.tfkfac.detection.draw;

import java.awt.Color;

/** A color per category id, the same in every picture; neighboring ids differ clearly. */
final class CategoryColors {

  /** Successive multiples modulo 1 keep far apart. */
  private static final double GOLDEN_RATIO = 0.6180339887498949;

  private static final float[] SATURATION = {0.85f, 0.6f, 0.95f};
  private static final float[] BRIGHTNESS = {0.95f, 0.85f, 0.7f};

  private CategoryColors() {}

  static Color of(long categoryId) {
    int variant = Math.floorMod(categoryId, SATURATION.length);
    double turns = categoryId * GOLDEN_RATIO;
    float hue = (float) (turns - Math.floor(turns));
    return Color.getHSBColor(hue, SATURATION[variant], BRIGHTNESS[variant]);
  }

  /** Black or white, whichever is easier to read on this color. */
  static Color textOn(Color color) {
    double brightness = 0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue();
    return brightness > 110 ? Color.BLACK : Color.WHITE;
  }
}
