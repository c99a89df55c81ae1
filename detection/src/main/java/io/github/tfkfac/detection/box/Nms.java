package io.github.tfkfac.detection.box;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Non-maximum suppression: boxes in descending order of score, each dropped if it overlaps an
 * earlier kept one by more than the threshold. Among equal scores the lower index comes first.
 *
 * <p><i>Numerics</i>: float64.
 *
 * @param overlap threshold, between 0 and 1; a box of exactly this overlap is kept
 */
public record Nms(double overlap) {

  public Nms {
    if (!(overlap >= 0 && overlap <= 1)) {
      throw new IllegalArgumentException(
          "expected an overlap between 0 and 1 for non-maximum suppression, found " + overlap);
    }
  }

  /** Indices of the boxes that are kept, in descending order of score. */
  public int[] keep(List<Box> boxes, double[] scores) {
    int[] order =
        IntStream.range(0, boxes.size())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] kept = new int[order.length];
    int count = 0;
    for (int candidate : order) {
      if (!suppressed(boxes, candidate, kept, count)) {
        kept[count++] = candidate;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private boolean suppressed(List<Box> boxes, int candidate, int[] kept, int count) {
    for (int k = 0; k < count; k++) {
      if (Iou.of(boxes.get(kept[k]), boxes.get(candidate)) > overlap) {
        return true;
      }
    }
    return false;
  }
}
