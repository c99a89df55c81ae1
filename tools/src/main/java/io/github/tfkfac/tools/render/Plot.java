package io.github.tfkfac.tools.render;

import java.util.List;

/**
 * Curves over a common axis.
 *
 * @param title above the plot
 * @param xLabel unit of the horizontal axis, such as {@code epoch}
 * @param yLabel unit of the vertical axis
 * @param scale of the vertical axis
 * @param curves drawn in this order
 */
public record Plot(String title, String xLabel, String yLabel, Scale scale, List<Curve> curves) {
  /** Spacing of the vertical axis. */
  public enum Scale {
    LINEAR,
    /** Powers of ten; values that are not positive are left out. */
    LOGARITHMIC
  }

  public Plot {
    curves = List.copyOf(curves);
  }
}
