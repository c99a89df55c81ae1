package io.github.tfkfac.detection.data;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;

/** Draws a {@link ShapesScene} on a shaded, noisy background with stray lines. */
final class ShapesPicture {

  /** Least difference in brightness (0 to 255) between a shape and the background. */
  static final double LEAST_CONTRAST = 60;

  private static final int MOST_LINES = 5;

  /** Greatest difference of a noisy value from the drawn one. */
  private static final int NOISE = 14;

  private static final int SHADE = 40;

  private final ShapesScene scene;
  private final RandomGenerator random;
  private final Color background;
  private final Color shaded;

  private ShapesPicture(ShapesScene scene, RandomGenerator random) {
    this.scene = scene;
    this.random = random;
    this.background = color();
    this.shaded = near(background);
  }

  static BufferedImage draw(ShapesScene scene, RandomGenerator random) {
    return new ShapesPicture(scene, random).draw();
  }

  private BufferedImage draw() {
    int width = scene.size().width();
    int height = scene.size().height();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setPaint(new GradientPaint(0, 0, background, width, height, shaded));
    graphics.fillRect(0, 0, width, height);
    for (int left = random.nextInt(MOST_LINES + 1); left > 0; left--) {
      graphics.setPaint(near(background));
      graphics.setStroke(new BasicStroke(1 + random.nextInt(3)));
      graphics.draw(
          new Line2D.Double(
              random.nextDouble(width),
              random.nextDouble(height),
              random.nextDouble(width),
              random.nextDouble(height)));
    }
    scene.group().ifPresent(group -> fill(graphics, group.visible()));
    scene.pieces().forEach(piece -> fill(graphics, piece.visible()));
    graphics.dispose();
    addNoise(image);
    return image;
  }

  private void fill(Graphics2D graphics, Shape shape) {
    Color color = color();
    while (contrast(color, background) < LEAST_CONTRAST
        || contrast(color, shaded) < LEAST_CONTRAST) {
      color = color();
    }
    graphics.setPaint(color);
    graphics.fill(shape);
  }

  private void addNoise(BufferedImage image) {
    int[] values =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    for (int k = 0; k < values.length; k++) {
      int noisy = 0;
      for (int shift = 16; shift >= 0; shift -= 8) {
        int value = (values[k] >> shift & 0xff) + random.nextInt(-NOISE, NOISE + 1);
        noisy |= Math.max(0, Math.min(255, value)) << shift;
      }
      values[k] = noisy;
    }
    image.setRGB(0, 0, image.getWidth(), image.getHeight(), values, 0, image.getWidth());
  }

  private Color color() {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }

  private Color near(Color color) {
    return new Color(shifted(color.getRed()), shifted(color.getGreen()), shifted(color.getBlue()));
  }

  private int shifted(int value) {
    return Math.max(0, Math.min(255, value + random.nextInt(-SHADE, SHADE + 1)));
  }

  private static double contrast(Color a, Color b) {
    return Math.abs(brightness(a) - brightness(b));
  }

  private static double brightness(Color color) {
    return 0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue();
  }
}
