package io.github.tfkfac.tools.render;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.util.Locale;

/** Draws a {@link HeatMap}, the value written into each cell. */
final class HeatMapPainter {

  private static final Color PALE = new Color(0xF7FBFF);
  private static final Color DARK = new Color(0x08306B);
  private static final Color TEXT = new Color(0x1C1E21);
  private static final Color EMPTY = new Color(0xEEEEEE);
  private static final int TOP = 50;
  private static final int LEFT = 110;
  private static final int BOTTOM = 70;
  private static final int RIGHT = 30;
  private static final int GAP = 2;
  private static final double LIGHT_TEXT_ABOVE = 0.55;

  private final Graphics2D graphics;
  private final HeatMap map;
  private final double cellWidth;
  private final double cellHeight;
  private final int bottom;

  private HeatMapPainter(Graphics2D graphics, HeatMap map, int width, int height) {
    this.graphics = graphics;
    this.map = map;
    this.cellWidth = (width - LEFT - RIGHT) / (double) map.columns().size();
    this.cellHeight = (height - TOP - BOTTOM) / (double) map.rows().size();
    this.bottom = height - BOTTOM;
  }

  static void paint(Graphics2D graphics, HeatMap map, int width, int height) {
    HeatMapPainter painter = new HeatMapPainter(graphics, map, width, height);
    painter.cells();
    painter.labels(width, height);
  }

  private void cells() {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, map.columns().size() > 6 ? 11 : 14);
    for (int row = 0; row < map.rows().size(); row++) {
      for (int column = 0; column < map.columns().size(); column++) {
        double value = map.values().get(row).get(column);
        int x = (int) Math.round(LEFT + column * cellWidth);
        int y = (int) Math.round(bottom - (row + 1) * cellHeight);
        double share = Math.max(0, Math.min(1, (value - map.low()) / (map.high() - map.low())));
        graphics.setColor(Double.isNaN(value) ? EMPTY : between(share));
        graphics.fillRect(x, y, (int) cellWidth - GAP, (int) cellHeight - GAP);
        graphics.setColor(share > LIGHT_TEXT_ABOVE ? Color.WHITE : TEXT);
        text(
            Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.1f", value),
            font,
            x + cellWidth / 2,
            y + cellHeight / 2);
      }
    }
  }

  private void labels(int width, int height) {
    graphics.setColor(TEXT);
    text(map.title(), new Font(Font.SANS_SERIF, Font.BOLD, 15), width / 2.0, TOP / 2.0);
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    for (int column = 0; column < map.columns().size(); column++) {
      text(map.columns().get(column), font, LEFT + (column + 0.5) * cellWidth, bottom + 14.0);
    }
    for (int row = 0; row < map.rows().size(); row++) {
      text(map.rows().get(row), font, LEFT - 40.0, bottom - (row + 0.5) * cellHeight);
    }
    Font axis = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    text(map.xLabel(), axis, LEFT + (width - LEFT - RIGHT) / 2.0, height - 25.0);
    Graphics2D turned = (Graphics2D) graphics.create();
    turned.rotate(-Math.PI / 2, 20, (TOP + bottom) / 2.0);
    new HeatMapPainter(turned, map, width, height)
        .text(map.yLabel(), axis, 20, (TOP + bottom) / 2.0);
    turned.dispose();
  }

  /** Text around a point. */
  private void text(String text, Font font, double x, double y) {
    graphics.setFont(font);
    FontMetrics metrics = graphics.getFontMetrics();
    graphics.drawString(
        text,
        (float) (x - metrics.stringWidth(text) / 2.0),
        (float) (y + metrics.getAscent() / 2.0 - 1));
  }

  private static Color between(double share) {
    return new Color(
        mixed(PALE.getRed(), DARK.getRed(), share),
        mixed(PALE.getGreen(), DARK.getGreen(), share),
        mixed(PALE.getBlue(), DARK.getBlue(), share));
  }

  private static int mixed(int from, int to, double share) {
    return (int) Math.round(from + share * (to - from));
  }
}
