package io.github.tfkfac.detection.evaluate;

/**
 * Matches of detections to objects, and the detections that count, at each threshold of overlap.
 */
final class Matches {
  private final int objects;
  private final int[] found;
  private final int[] ignored;

  /**
   * All of which count and found nothing.
   *
   * @param objects number of objects to be found
   */
  Matches(int objects, int detections) {
    this.objects = objects;
    this.found = new int[detections];
    this.ignored = new int[detections];
  }

  /**
   * Sets a detection's.
   *
   * @param foundBits a bit per threshold: whether it found an object
   * @param ignoredBits a bit per threshold: whether it does not count
   */
  void set(int detection, int foundBits, int ignoredBits) {
    found[detection] = foundBits;
    ignored[detection] = ignoredBits;
  }

  /** The same with the detections in another order. */
  Matches ordered(int[] order) {
    Matches result = new Matches(objects, order.length);
    for (int at = 0; at < order.length; at++) {
      result.set(at, found[order[at]], ignored[order[at]]);
    }
    return result;
  }

  int objects() {
    return objects;
  }

  /** Whether it counts and found an object. */
  boolean right(int detection, int threshold) {
    return ((found[detection] & ~ignored[detection]) >> threshold & 1) == 1;
  }

  /** Whether it counts and found none. */
  boolean wrong(int detection, int threshold) {
    return ((found[detection] | ignored[detection]) >> threshold & 1) == 0;
  }
}
