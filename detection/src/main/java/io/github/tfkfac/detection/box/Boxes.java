package io.github.tfkfac.detection.box;

import java.util.List;

/**
 * Many boxes in float32, the precision in which a graph holds them.
 *
 * <p><i>Shapes</i>: {@code [n, 4]} in row-major order, each {@code x1, y1, x2, y2}.
 */
public final class Boxes {

  private static final int EDGES = 4;

  private final float[] values;

  /**
   * From {@code x1, y1, x2, y2} of one box after the other; the array is not copied.
   *
   * @throws IllegalArgumentException if the number of values is no multiple of four
   */
  public Boxes(float[] values) {
    if (values.length % EDGES != 0) {
      throw new IllegalArgumentException(
          "expected four values per box, found " + values.length + " values; give x1, y1, x2, y2");
    }
    this.values = values;
  }

  /** The edges rounded to float32. */
  public static Boxes of(List<Box> boxes) {
    float[] values = new float[EDGES * boxes.size()];
    for (int i = 0; i < boxes.size(); i++) {
      Box box = boxes.get(i);
      values[EDGES * i] = (float) box.x1();
      values[EDGES * i + 1] = (float) box.y1();
      values[EDGES * i + 2] = (float) box.x2();
      values[EDGES * i + 3] = (float) box.y2();
    }
    return new Boxes(values);
  }

  /** Number of boxes. */
  public int size() {
    return values.length / EDGES;
  }

  /** Left edge of a box. */
  public float x1(int index) {
    return values[EDGES * index];
  }

  /** Upper edge of a box. */
  public float y1(int index) {
    return values[EDGES * index + 1];
  }

  /** Right edge of a box. */
  public float x2(int index) {
    return values[EDGES * index + 2];
  }

  /** Lower edge of a box. */
  public float y2(int index) {
    return values[EDGES * index + 3];
  }

  /** Width times height, in float32. */
  public float area(int index) {
    return (x2(index) - x1(index)) * (y2(index) - y1(index));
  }

  /** Whether both sides have a length. */
  public boolean hasArea(int index) {
    return x2(index) > x1(index) && y2(index) > y1(index);
  }

  /** One of the boxes. */
  public Box get(int index) {
    return new Box(x1(index), y1(index), x2(index), y2(index));
  }

  /** The boxes at these indices, in their order. */
  public Boxes at(int[] indices) {
    float[] chosen = new float[EDGES * indices.length];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, EDGES * indices[i], chosen, EDGES * i, EDGES);
    }
    return new Boxes(chosen);
  }

  /** A copy of the values, {@code x1, y1, x2, y2} of one box after the other. */
  public float[] toArray() {
    return values.clone();
  }
}
