package io.github.tfkfac.detection.evaluate;

/** COCO's ranges of objects' areas in square pixels; limits belong to both sides. */
public enum AreaRange {
  ALL(0, 1e10),
  SMALL(0, 32 * 32),
  MEDIUM(32 * 32, 96 * 96),
  LARGE(96 * 96, 1e10);

  private final double least;
  private final double most;

  AreaRange(double least, double most) {
    this.least = least;
    this.most = most;
  }

  /** Whether an object of this area counts; NaN does in every range, as in the reference. */
  public boolean contains(double area) {
    return !(area < least || area > most);
  }
}
