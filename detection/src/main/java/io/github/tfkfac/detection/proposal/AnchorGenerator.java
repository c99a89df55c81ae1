package io.github.tfkfac.detection.proposal;

import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.AnchorRounding;
import io.github.tfkfac.detection.profile.DetectorProfile.AnchorStep;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Anchors: boxes of a few sizes and shapes around every cell of every level of a feature pyramid.
 *
 * <p>For size s and ratio r the sides are {@code h = s √r} and {@code w = s / √r}; the anchors of
 * cell (x, y) are centered at (x · step, y · step), without half a step. Order: y, x, ratio, size.
 *
 * <p><i>Numerics</i>: float32.
 *
 * <p>Source: Ren et al., "Faster R-CNN", 2015, section 3.1; Lin et al., "Feature pyramid networks",
 * 2017, section 4.1.
 *
 * @param levels finest first
 * @param rounding of the anchors around the origin
 * @param step distance of cells in pixels
 */
public record AnchorGenerator(List<Level> levels, AnchorRounding rounding, AnchorStep step) {

  private static final List<Double> RATIOS = List.of(0.5, 1.0, 2.0);
  private static final List<Integer> STRIDES = List.of(4, 8, 16, 32, 64);
  private static final double SIZE_IN_STRIDES = 8;

  public AnchorGenerator {
    levels = List.copyOf(levels);
    if (levels.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one level of anchors, found none; a feature pyramid has five");
    }
  }

  /**
   * The anchors of one level.
   *
   * @param sizes square roots of areas, in pixels
   * @param ratios height over width
   * @param stride pixels per cell
   */
  public record Level(List<Double> sizes, List<Double> ratios, int stride) {

    public Level {
      sizes = positive("sizes", sizes);
      ratios = positive("ratios", ratios);
      if (stride < 1) {
        throw new IllegalArgumentException(
            "expected a stride of anchors of at least 1 pixel, found " + stride);
      }
    }

    private static List<Double> positive(String what, List<Double> values) {
      if (values.isEmpty() || values.stream().anyMatch(value -> !(value > 0))) {
        throw new IllegalArgumentException(
            "expected positive " + what + " of anchors, found " + values);
      }
      return List.copyOf(values);
    }

    /** Number of anchors around each cell. */
    public int perCell() {
      return sizes.size() * ratios.size();
    }
  }

  /**
   * A size in cells or pixels.
   *
   * @param height rows
   * @param width columns
   */
  public record Size(int height, int width) {}

  /** Sizes 32 to 512 at strides 4 to 64, ratios 0.5, 1 and 2. */
  public static AnchorGenerator pyramid(DetectorProfile profile) {
    return new AnchorGenerator(
        STRIDES.stream()
            .map(stride -> new Level(List.of(SIZE_IN_STRIDES * stride), RATIOS, stride))
            .toList(),
        profile.anchorRounding(),
        profile.anchorStep());
  }

  /** The anchors of {@code level} around the origin. */
  public Boxes cell(int level) {
    Level anchors = levels.get(level);
    float[] values = new float[4 * anchors.perCell()];
    int at = 0;
    for (double ratio : anchors.ratios) {
      float heightFactor = (float) Math.sqrt((float) ratio);
      float widthFactor = 1 / heightFactor;
      for (double size : anchors.sizes) {
        float right = rounded(widthFactor * (float) size / 2);
        float bottom = rounded(heightFactor * (float) size / 2);
        values[at++] = -right;
        values[at++] = -bottom;
        values[at++] = right;
        values[at++] = bottom;
      }
    }
    return new Boxes(values);
  }

  private float rounded(float edge) {
    return rounding == AnchorRounding.HALF_EVEN ? (float) Math.rint(edge) : edge;
  }

  /**
   * The anchors of all levels, one level after the other.
   *
   * @param features size of each level's features
   * @param image size of the batch's images with their padding
   */
  public Boxes all(List<Size> features, Size image) {
    requireLevels(features);
    float[] values = new float[4 * count(features)];
    int at = 0;
    for (int l = 0; l < levels.size(); l++) {
      float[] cell = cell(l).toArray();
      Size size = features.get(l);
      int stepY = step(l, image.height, size.height);
      int stepX = step(l, image.width, size.width);
      for (int y = 0; y < size.height; y++) {
        for (int x = 0; x < size.width; x++) {
          for (int edge = 0; edge < cell.length; edge++) {
            values[at++] = cell[edge] + (edge % 2 == 0 ? x * stepX : y * stepY);
          }
        }
      }
    }
    return new Boxes(values);
  }

  /**
   * Whether an anchor's cell lies in an image, in the order of {@link #all}; MMDetection uses no
   * others.
   *
   * @param features size of each level's features
   * @param image size of this image, which may be smaller than the batch's
   */
  public boolean[] inside(List<Size> features, Size image) {
    requireLevels(features);
    boolean[] inside = new boolean[count(features)];
    int at = 0;
    for (int l = 0; l < levels.size(); l++) {
      int stride = levels.get(l).stride;
      int rows = (image.height + stride - 1) / stride;
      int columns = (image.width + stride - 1) / stride;
      for (int y = 0; y < features.get(l).height; y++) {
        for (int x = 0; x < features.get(l).width; x++) {
          for (int anchor = 0; anchor < levels.get(l).perCell(); anchor++) {
            inside[at++] = y < rows && x < columns;
          }
        }
      }
    }
    return inside;
  }

  private void requireLevels(List<Size> features) {
    if (features.size() != levels.size()) {
      throw new IllegalArgumentException(
          "expected feature sizes of "
              + levels.size()
              + " levels, found "
              + features.size()
              + "; give one per level of anchors");
    }
  }

  private int count(List<Size> features) {
    int count = 0;
    for (int l = 0; l < levels.size(); l++) {
      count += features.get(l).height * features.get(l).width * levels.get(l).perCell();
    }
    return count;
  }

  private int step(int level, int image, int features) {
    return step == AnchorStep.STRIDE ? levels.get(level).stride : image / features;
  }

  /**
   * The anchors of one level, as a graph function.
   *
   * @param features height and width of the level's features, {@code [2]}
   * @param image height and width of the batch's images with their padding, {@code [2]}
   * @return {@code [height · width · perCell, 4]}
   */
  public <T extends TNumber> Operand<T> level(
      Ops tf, int level, Operand<TInt32> features, Operand<TInt32> image, Class<T> type) {
    Operand<TInt32> steps =
        step == AnchorStep.STRIDE
            ? tf.constant(new int[] {levels.get(level).stride, levels.get(level).stride})
            : tf.math.floorDiv(image, features);
    Operand<TInt32> y = tf.expandDims(positions(tf, features, steps, 0), tf.constant(1));
    Operand<TInt32> x = tf.expandDims(positions(tf, features, steps, 1), tf.constant(0));
    Operand<TInt32> gridY = tf.broadcastTo(y, features);
    Operand<TInt32> gridX = tf.broadcastTo(x, features);
    List<Operand<TInt32>> edges = new ArrayList<>(List.of(gridX, gridY, gridX, gridY));
    Operand<TInt32> shifts =
        tf.reshape(tf.stack(edges, Stack.axis(-1L)), tf.constant(new int[] {-1, 1, 4}));
    Operand<T> cell =
        tf.reshape(
            tf.dtypes.cast(tf.constant(cell(level).toArray()), type),
            tf.constant(new int[] {1, -1, 4}));
    Operand<T> anchors = tf.math.add(tf.dtypes.cast(shifts, type), cell);
    return tf.reshape(anchors, tf.constant(new int[] {-1, 4}));
  }

  private static Operand<TInt32> positions(
      Ops tf, Operand<TInt32> features, Operand<TInt32> steps, int axis) {
    Operand<TInt32> index = tf.constant(axis);
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> cells = tf.range(zero, tf.gather(features, index, zero), tf.constant(1));
    return tf.math.mul(cells, tf.gather(steps, index, zero));
  }
}
