package io.github.tfkfac.detection.draw;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.models.data.RgbImage;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Draws boxes, labels and masks onto images.
 *
 * <p>Colors depend on the category's id alone. Small images are enlarged by a whole factor so that
 * labels can be read; lines and letters grow with the picture.
 *
 * @param leastSide the longer side of a picture gets at least about this many pixels
 */
public record DetectionPainter(int leastSide) {

  /** Enough for labels of a dozen letters in images of 100 pixels. */
  public static final int LEAST_SIDE = 640;

  private static final int MASK_ALPHA = 110;
  private static final int GAP = 8;

  public DetectionPainter {
    if (leastSide <= 0) {
      throw new IllegalArgumentException(
          "expected a positive least side of a picture, found " + leastSide);
    }
  }

  /** Pictures of at least about {@value #LEAST_SIDE} pixels. */
  public DetectionPainter() {
    this(LEAST_SIDE);
  }

  /** The image with its markings, later ones above earlier ones. */
  public BufferedImage paint(RgbImage image, List<Marking> markings) {
    int longer = Math.max(image.shape().height(), image.shape().width());
    int factor = Math.max(1, Math.round((float) leastSide / longer));
    int width = image.shape().width() * factor;
    int height = image.shape().height() * factor;
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(picture);
    graphics.drawImage(image.toBufferedImage(), 0, 0, width, height, null);
    for (Marking marking : markings) {
      Color color = CategoryColors.of(marking.categoryId());
      marking
          .mask()
          .ifPresent(mask -> graphics.drawImage(tinted(mask, color), 0, 0, width, height, null));
    }
    float line = Math.max(1.5f, Math.max(width, height) / 320f);
    graphics.setStroke(new BasicStroke(line));
    for (Marking marking : markings) {
      graphics.setColor(CategoryColors.of(marking.categoryId()));
      Box box = marking.box().scaled(factor, factor);
      graphics.draw(new Rectangle2D.Double(box.x1(), box.y1(), box.width(), box.height()));
    }
    graphics.setFont(font(width, height));
    drawLabels(graphics, markings, factor, new LabelPlaces(width, height));
    graphics.dispose();
    return picture;
  }

  /** Annotated objects on the left, detections on the right, both named above. */
  public BufferedImage sideBySide(RgbImage image, List<Marking> truth, List<Marking> found) {
    BufferedImage left = paint(image, truth);
    BufferedImage right = paint(image, found);
    Font font = font(left.getWidth(), left.getHeight());
    int strip = 2 * font.getSize();
    BufferedImage picture =
        new BufferedImage(
            2 * left.getWidth() + GAP, left.getHeight() + strip, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(picture);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    graphics.setColor(Color.BLACK);
    graphics.setFont(font);
    int start = left.getWidth() + GAP;
    int baseline = strip - font.getSize() / 2;
    graphics.drawString("ground truth", GAP, baseline);
    graphics.drawString("prediction", start + GAP, baseline);
    graphics.drawImage(left, 0, strip, null);
    graphics.drawImage(right, start, strip, null);
    graphics.dispose();
    return picture;
  }

  /**
   * Writes a picture as a PNG file, and its folder if missing.
   *
   * @throws UncheckedIOException naming the file if it cannot be written
   */
  public static void writePng(BufferedImage picture, Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (!ImageIO.write(picture, "png", file.toFile())) {
        throw new IOException("no writer for PNG files");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          file + ": expected to write a picture, found " + e + "; choose another place", e);
    }
  }

  private static Graphics2D graphics(BufferedImage picture) {
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    return graphics;
  }

  private static BufferedImage tinted(RunLengths mask, Color color) {
    int width = mask.width();
    BufferedImage tint = new BufferedImage(width, mask.height(), BufferedImage.TYPE_INT_ARGB);
    byte[] values = mask.bitmap();
    int[] argb = new int[values.length];
    int filled = MASK_ALPHA << 24 | (color.getRGB() & 0xffffff);
    for (int k = 0; k < values.length; k++) {
      argb[k] = values[k] == 0 ? 0 : filled;
    }
    tint.setRGB(0, 0, width, mask.height(), argb, 0, width);
    return tint;
  }

  private static void drawLabels(
      Graphics2D graphics, List<Marking> markings, int factor, LabelPlaces places) {
    FontMetrics metrics = graphics.getFontMetrics();
    int margin = Math.max(1, metrics.getHeight() / 6);
    for (Marking marking : markings) {
      if (marking.text().isEmpty()) {
        continue;
      }
      Color color = CategoryColors.of(marking.categoryId());
      Rectangle box = outside(marking.box().scaled(factor, factor));
      Rectangle place =
          places.place(box, metrics.stringWidth(marking.text()) + 2 * margin, metrics.getHeight());
      graphics.setColor(color);
      graphics.fill(place);
      graphics.setColor(CategoryColors.textOn(color));
      graphics.drawString(marking.text(), place.x + margin, place.y + metrics.getAscent());
    }
  }

  private static Rectangle outside(Box box) {
    int left = (int) Math.floor(box.x1());
    int top = (int) Math.floor(box.y1());
    return new Rectangle(
        left, top, (int) Math.ceil(box.x2()) - left, (int) Math.ceil(box.y2()) - top);
  }

  private static Font font(int width, int height) {
    return new Font(
        Font.SANS_SERIF, Font.BOLD, Math.max(11, Math.round(Math.max(width, height) / 48f)));
  }
}
