package io.github.tfkfac.detection.evaluate;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Detections of one category from all images, best first.
 *
 * <p>Source: cocodataset/cocoapi, cocoeval, accumulate.
 */
final class CategoryMatching {
  private static final double SMALLEST = Math.ulp(1.0);
  private static final double[] RECALLS = CocoThresholds.recalls();
  private static final int OVERLAPS = CocoThresholds.overlaps().length;

  private final double[] scores;
  private final int[] ranks;
  private final Map<AreaRange, Matches> finds = new EnumMap<>(AreaRange.class);

  /** Of images in ascending order of their ids. */
  CategoryMatching(List<ImageObjects> images, EvaluationOptions options) {
    List<ImageMatching> parts =
        images.stream().map(image -> new ImageMatching(image, options)).toList();
    double[] unsorted =
        parts.stream().flatMapToDouble(part -> Arrays.stream(part.scores())).toArray();
    int[] order = ScoreOrder.descending(unsorted);
    scores = IntStream.of(order).mapToDouble(at -> unsorted[at]).toArray();
    int[] unsortedRanks =
        parts.stream().flatMapToInt(part -> IntStream.range(0, part.scores().length)).toArray();
    ranks = IntStream.of(order).map(at -> unsortedRanks[at]).toArray();
    for (AreaRange range : AreaRange.values()) {
      finds.put(
          range, Matches.joined(parts.stream().map(part -> part.within(range)).toList(), order));
    }
  }

  /**
   * Precision and recall; empty if there is no object to find.
   *
   * @param limit how many detections of each image count
   */
  Optional<PrecisionRecall> curve(AreaRange range, int limit) {
    Matches all = finds.get(range);
    if (all == null || all.objects() == 0) {
      return Optional.empty();
    }
    int[] used = IntStream.range(0, ranks.length).filter(at -> ranks[at] < limit).toArray();
    double[][] precision = new double[OVERLAPS][RECALLS.length];
    double[][] scoreAt = new double[OVERLAPS][RECALLS.length];
    double[] recall = new double[OVERLAPS];
    for (int t = 0; t < OVERLAPS; t++) {
      double[] recalls = new double[used.length];
      double[] precisions = new double[used.length];
      int right = 0;
      int wrong = 0;
      for (int at = 0; at < used.length; at++) {
        right += all.right(used[at], t) ? 1 : 0;
        wrong += all.wrong(used[at], t) ? 1 : 0;
        recalls[at] = (double) right / all.objects();
        precisions[at] = right / (wrong + right + SMALLEST);
      }
      for (int at = used.length - 1; at > 0; at--) {
        precisions[at - 1] = Math.max(precisions[at - 1], precisions[at]);
      }
      recall[t] = used.length == 0 ? 0 : recalls[used.length - 1];
      int at = 0;
      for (int r = 0; r < RECALLS.length; r++) {
        while (at < used.length && recalls[at] < RECALLS[r]) {
          at++;
        }
        precision[t][r] = at < used.length ? precisions[at] : 0;
        scoreAt[t][r] = at < used.length ? scores[used[at]] : 0;
      }
    }
    return Optional.of(new PrecisionRecall(all.objects(), precision, scoreAt, recall));
  }
}
