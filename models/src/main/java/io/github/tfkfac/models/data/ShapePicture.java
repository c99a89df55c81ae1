package io.github.tfkfac.models.data;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;

/**
 * One picture of a shape, drawn with random place, size, rotation, stretch and colors.
 *
 * @param content what is shown
 * @param height rows
 * @param width columns
 * @param random source of everything left to chance
 */
record ShapePicture(ShapeClass content, int height, int width, RandomGenerator random) {

  /** The shape's radius in parts of the shorter side of the picture. */
  private static final double SMALLEST_RADIUS = 0.27;

  private static final double LARGEST_RADIUS = 0.46;

  /** Greatest relative stretch of one axis against the other. */
  private static final double STRETCH = 1.25;

  /** Least difference in brightness (0 to 255) between shape and background. */
  private static final double LEAST_CONTRAST = 60;

  private static final int MOST_LINES = 3;

  /** Greatest half-range of the uniform noise of a picture, in brightness steps. */
  private static final double MOST_NOISE = 24;

  /** Writes the picture's bytes (HWC, red green blue) from {@code offset} on. */
  void draw(byte[] target, int offset) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    drawOn(graphics);
    graphics.dispose();
    int[] rgb = image.getRGB(0, 0, width, height, null, 0, width);
    double noise = random.nextDouble(MOST_NOISE);
    int at = offset;
    for (int value : rgb) {
      for (int shift = 16; shift >= 0; shift -= 8) {
        double noisy = (value >> shift & 0xff) + noise * (2 * random.nextDouble() - 1);
        target[at++] = (byte) Math.round(Math.max(0, Math.min(255, noisy)));
      }
    }
  }

  private void drawOn(Graphics2D graphics) {
    Color background = color();
    Color shaded = near(background);
    Color foreground = color();
    while (Math.abs(brightness(foreground) - brightness(background)) < LEAST_CONTRAST
        || Math.abs(brightness(foreground) - brightness(shaded)) < LEAST_CONTRAST) {
      foreground = color();
    }
    double angle = random.nextDouble(2 * Math.PI);
    float dx = (float) (width * Math.cos(angle) / 2);
    float dy = (float) (height * Math.sin(angle) / 2);
    float cx = width / 2f;
    float cy = height / 2f;
    graphics.setPaint(new GradientPaint(cx - dx, cy - dy, background, cx + dx, cy + dy, shaded));
    graphics.fillRect(0, 0, width, height);
    int lines = random.nextInt(MOST_LINES + 1);
    for (int k = 0; k < lines; k++) {
      drawLine(graphics);
    }
    graphics.setPaint(foreground);
    graphics.fill(placement().createTransformedShape(content.outline()));
  }

  private void drawLine(Graphics2D graphics) {
    graphics.setPaint(color());
    graphics.setStroke(new BasicStroke(Math.min(height, width) / 32f));
    graphics.draw(
        new Line2D.Double(
            random.nextDouble(width),
            random.nextDouble(height),
            random.nextDouble(width),
            random.nextDouble(height)));
  }

  private AffineTransform placement() {
    double radius = Math.min(height, width) * random.nextDouble(SMALLEST_RADIUS, LARGEST_RADIUS);
    double stretch = Math.sqrt(random.nextDouble(1, STRETCH));
    double margin = 0.9 * radius;
    AffineTransform placement = new AffineTransform();
    placement.translate(
        margin + random.nextDouble() * (width - 2 * margin),
        margin + random.nextDouble() * (height - 2 * margin));
    placement.rotate(random.nextDouble(2 * Math.PI));
    placement.scale(radius * stretch, radius / stretch);
    return placement;
  }

  private Color color() {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }

  private Color near(Color color) {
    return new Color(shifted(color.getRed()), shifted(color.getGreen()), shifted(color.getBlue()));
  }

  private int shifted(int value) {
    return Math.max(0, Math.min(255, value + random.nextInt(-50, 51)));
  }

  private static double brightness(Color color) {
    return 0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue();
  }
}
