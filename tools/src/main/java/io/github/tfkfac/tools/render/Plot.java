package io.github.tfkfac.tools.render;

import java.util.List;

/**
 * Curves over a common axis.
 *
 * @param title above the plot
 * @param xLabel unit of the horizontal axis, such as {@code epoch}
 * @param xScale of the horizontal axis
 * @param yLabel unit of the vertical axis
 * @param scale of the vertical axis
 * @param curves drawn in this order
 */
public record Plot(
    String title, String xLabel, Scale xScale, String yLabel, Scale scale, List<Curve> curves)
    implements Drawing {
  /** Spacing of an axis. */
  public enum Scale {
    LINEAR,
    /** Powers of ten; values that are not positive are left out. */
    LOGARITHMIC,
    /** Powers of two, for the horizontal axis; positions that are not positive are left out. */
    BINARY
  }

  public Plot {
    curves = List.copyOf(curves);
  }

  /** With a linear horizontal axis. */
  public Plot(String title, String xLabel, String yLabel, Scale scale, List<Curve> curves) {
    this(title, xLabel, Scale.LINEAR, yLabel, scale, curves);
  }
}
