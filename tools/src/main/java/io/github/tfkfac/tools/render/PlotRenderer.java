package io.github.tfkfac.tools.render;

import io.github.tfkfac.tools.render.Curve.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws plots side by side into one PNG picture; needs no display. */
public final class PlotRenderer {
  /** Told apart also by readers with a color vision deficiency (Okabe and Ito, 2008). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0x000000),
          new Color(0x999933));

  private static final int WIDTH = 720;
  private static final int HEIGHT = 480;
  private static final int BAND_ALPHA = 50;

  /** This many letters fit on one line below a plot. */
  private static final int LEGEND_LINE = 90;

  /** A curve's sign before its name is as wide as this many letters. */
  private static final int LEGEND_SIGN = 5;

  /** Smaller numbers are written with an exponent. */
  private static final double LEAST_PLAIN = 1e-4;

  /** Curves of up to this many points have markers, which show where something was measured. */
  private static final int FEW_POINTS = 20;

  private PlotRenderer() {}

  /**
   * The PNG bytes of {@code plots}, at most two in a row.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static byte[] png(List<? extends Drawing> plots) {
    if (plots.isEmpty()) {
      throw new IllegalArgumentException("expected at least one plot for a picture, found none");
    }
    System.setProperty("java.awt.headless", "true");
    int columns = Math.min(2, plots.size());
    int rows = (plots.size() + columns - 1) / columns;
    BufferedImage image =
        new BufferedImage(columns * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    for (int i = 0; i < plots.size(); i++) {
      Graphics2D cell =
          (Graphics2D) graphics.create(i % columns * WIDTH, i / columns * HEIGHT, WIDTH, HEIGHT);
      paint(plots.get(i), cell);
      cell.dispose();
    }
    graphics.dispose();
    return encoded(image);
  }

  private static void paint(Drawing drawing, Graphics2D cell) {
    if (drawing instanceof Plot plot) {
      chart(plot).paint(cell, WIDTH, HEIGHT);
    } else if (drawing instanceof HeatMap map) {
      HeatMapPainter.paint(cell, map, WIDTH, HEIGHT);
    } else {
      chart((Bars) drawing).paint(cell, WIDTH, HEIGHT);
    }
  }

  private static CategoryChart chart(Bars bars) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(bars.title())
            .yAxisTitle(bars.yLabel())
            .build();
    style(chart.getStyler());
    chart.getStyler().setStacked(true);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    for (int i = 0; i < bars.parts().size(); i++) {
      Bars.Part part = bars.parts().get(i);
      chart
          .addSeries(part.name(), bars.names(), part.heights())
          .setFillColor(COLORS.get(i % COLORS.size()));
    }
    return chart;
  }

  private static XYChart chart(Plot plot) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(plot.title())
            .xAxisTitle(plot.xLabel())
            .yAxisTitle(plot.yLabel())
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisLogarithmic(plot.scale() == Plot.Scale.LOGARITHMIC);
    chart.getStyler().setYAxisLogarithmicDecadeOnly(!isWithinTwoDecades(plot));
    chart.getStyler().setXAxisLogarithmic(plot.xScale() == Plot.Scale.LOGARITHMIC);
    if (plot.scale() == Plot.Scale.LINEAR) {
      chart.getStyler().setYAxisTickLabelsFormattingFunction(PlotRenderer::decimal);
    }
    if (plot.xScale() == Plot.Scale.BINARY) {
      chart.getStyler().setXAxisTickLabelsFormattingFunction(PlotRenderer::powerOfTwo);
    }
    int letters =
        plot.curves().stream().mapToInt(curve -> LEGEND_SIGN + curve.name().length()).sum();
    if (letters > LEGEND_LINE) {
      chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
      chart.getStyler().setLegendLayout(org.knowm.xchart.style.Styler.LegendLayout.Vertical);
    }
    for (int i = 0; i < plot.curves().size(); i++) {
      draw(chart, plot.curves().get(i), plot, COLORS.get(i % COLORS.size()));
    }
    return chart;
  }

  /** Of so few decades the powers of ten alone would be one or two numbers on the axis. */
  private static boolean isWithinTwoDecades(Plot plot) {
    DoubleSummaryStatistics values =
        plot.curves().stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(Point::y)
            .filter(y -> y > 0)
            .summaryStatistics();
    return values.getMax() < 100 * values.getMin();
  }

  private static void style(AxesChartStyler styler) {
    styler
        .setChartBackgroundColor(Color.WHITE)
        .setChartTitleBoxVisible(false)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendBorderColor(Color.WHITE);
    styler.setLegendLayout(org.knowm.xchart.style.Styler.LegendLayout.Horizontal);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setPlotGridLinesColor(new Color(0xE3E6EA));
    styler.setPlotBorderVisible(false);
  }

  private static void draw(XYChart chart, Curve curve, Plot plot, Color color) {
    List<Point> points =
        plot.scale() == Plot.Scale.LINEAR ? curve.points() : positive(curve.points());
    if (plot.xScale() != Plot.Scale.LINEAR) {
      points = points.stream().filter(point -> point.x() > 0).toList();
    }
    if (plot.xScale() == Plot.Scale.BINARY) {
      points = points.stream().map(PlotRenderer::atExponent).toList();
    }
    if (points.isEmpty()) {
      return;
    }
    if (curve.hasBand()) {
      band(chart, curve.name(), points, color);
    }
    XYSeries line =
        chart.addSeries(curve.name(), values(points, Point::x), values(points, Point::y));
    line.setLineStyle(new BasicStroke(2f));
    line.setLineColor(color);
    line.setMarkerColor(color);
    line.setMarker(points.size() <= FEW_POINTS ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
  }

  private static Point atExponent(Point point) {
    return new Point(Math.log(point.x()) / Math.log(2), point.y(), point.low(), point.high());
  }

  /** The power of a whole exponent; between them the axis has no labels. */
  private static String powerOfTwo(double exponent) {
    return exponent == Math.rint(exponent) ? Long.toString(1L << (int) exponent) : "";
  }

  /** A number with the digit before the point that XChart leaves out below 0.1. */
  static String decimal(double value) {
    boolean plain = value == 0 || Math.abs(value) >= LEAST_PLAIN;
    return new DecimalFormat(
            plain ? "#,##0.#####" : "0.##E0", DecimalFormatSymbols.getInstance(Locale.ROOT))
        .format(value);
  }

  /** Without values that have no logarithm; a band that reaches below ends at the lowest value. */
  private static List<Point> positive(List<Point> points) {
    List<Point> drawn = points.stream().filter(point -> point.y() > 0).toList();
    double floor = drawn.stream().mapToDouble(Point::y).min().orElse(0);
    return drawn.stream()
        .map(p -> p.low() > 0 ? p : new Point(p.x(), p.y(), floor, p.high()))
        .toList();
  }

  private static void band(XYChart chart, String name, List<Point> points, Color color) {
    List<Point> back = new ArrayList<>(points);
    Collections.reverse(back);
    List<Double> x = new ArrayList<>(values(points, Point::x));
    x.addAll(values(back, Point::x));
    List<Double> y = new ArrayList<>(values(points, Point::high));
    y.addAll(values(back, Point::low));
    XYSeries band = chart.addSeries(name + " (95 % interval)", x, y);
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setShowInLegend(false);
    Color pale = new Color(color.getRed(), color.getGreen(), color.getBlue(), BAND_ALPHA);
    band.setFillColor(pale);
    band.setLineColor(pale);
    band.setMarker(SeriesMarkers.NONE);
  }

  private static List<Double> values(List<Point> points, ToDoubleFunction<Point> part) {
    return points.stream().map(part::applyAsDouble).toList();
  }

  /** In memory: a cache file would need a shutdown hook, too late after Ctrl-C. */
  private static byte[] encoded(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", stream);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
