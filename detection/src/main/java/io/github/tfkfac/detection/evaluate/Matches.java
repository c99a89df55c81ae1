package io.github.tfkfac.detection.evaluate;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Matches of detections to objects, and the detections that count, at each threshold of overlap.
 */
final class Matches {
  private final int objects;
  private final int[] found;
  private final int[] ignored;

  /**
   * Of detections.
   *
   * @param objects number of objects to be found
   * @param found per detection a bit per threshold: whether it found an object
   * @param ignored per detection a bit per threshold: whether it does not count
   */
  Matches(int objects, int[] found, int[] ignored) {
    this.objects = objects;
    this.found = found;
    this.ignored = ignored;
  }

  /** One after the other, then in the order. */
  static Matches joined(List<Matches> parts, int[] order) {
    return new Matches(
        parts.stream().mapToInt(Matches::objects).sum(),
        joined(parts, order, part -> part.found),
        joined(parts, order, part -> part.ignored));
  }

  private static int[] joined(List<Matches> parts, int[] order, Function<Matches, int[]> bits) {
    int[] all = parts.stream().flatMapToInt(part -> IntStream.of(bits.apply(part))).toArray();
    return IntStream.of(order).map(at -> all[at]).toArray();
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
