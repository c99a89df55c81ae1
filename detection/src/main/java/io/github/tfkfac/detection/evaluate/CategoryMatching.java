package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
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
    int[] starts = new int[images.size() + 1];
    for (int image = 0; image < images.size(); image++) {
      int found = images.get(image).detections().size();
      starts[image + 1] = starts[image] + Math.min(found, options.mostDetections());
    }
    int size = starts[images.size()];
    double[] unsorted = new double[size];
    int[] unsortedRanks = new int[size];
    for (AreaRange range : AreaRange.values()) {
      finds.put(range, new Matches(objects(images, range), size));
    }
    IntStream.range(0, images.size())
        .parallel()
        .forEach(
            image -> {
              ImageMatching matching = new ImageMatching(images.get(image), options);
              int start = starts[image];
              double[] ofImage = matching.scores();
              for (int rank = 0; rank < ofImage.length; rank++) {
                unsorted[start + rank] = ofImage[rank];
                unsortedRanks[start + rank] = rank;
              }
              finds.forEach((range, matches) -> matching.within(range, matches, start));
            });
    int[] order = ScoreOrder.descending(unsorted);
    scores = new double[size];
    ranks = new int[size];
    for (int at = 0; at < size; at++) {
      scores[at] = unsorted[order[at]];
      ranks[at] = unsortedRanks[order[at]];
    }
    finds.replaceAll((range, matches) -> matches.ordered(order));
  }

  private static int objects(List<ImageObjects> images, AreaRange range) {
    int objects = 0;
    for (ImageObjects image : images) {
      for (Annotation truth : image.truths()) {
        objects += ImageMatching.counts(truth, range) ? 1 : 0;
      }
    }
    return objects;
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
    double[][] precision = new double[OVERLAPS][RECALLS.length];
    double[][] scoreAt = new double[OVERLAPS][RECALLS.length];
    double[] recall = new double[OVERLAPS];
    int[] places = new int[Math.min(ranks.length, all.objects())];
    double[] precisions = new double[places.length];
    for (int t = 0; t < OVERLAPS; t++) {
      int right = 0;
      int wrong = 0;
      for (int at = 0; at < ranks.length; at++) {
        if (ranks[at] < limit && all.wrong(at, t)) {
          wrong++;
        } else if (ranks[at] < limit && all.right(at, t)) {
          places[right] = at;
          right++;
          precisions[right - 1] = right / (wrong + right + SMALLEST);
        }
      }
      for (int at = right - 1; at > 0; at--) {
        precisions[at - 1] = Math.max(precisions[at - 1], precisions[at]);
      }
      recall[t] = (double) right / all.objects();
      int at = 0;
      for (int r = 0; r < RECALLS.length; r++) {
        while (at < right && (at + 1.0) / all.objects() < RECALLS[r]) {
          at++;
        }
        precision[t][r] = at < right ? precisions[at] : 0;
        scoreAt[t][r] = at < right ? scores[places[at]] : 0;
      }
      // Any detection reaches a recall of 0.
      scoreAt[t][0] = scores.length == 0 ? 0 : scores[0];
    }
    return Optional.of(new PrecisionRecall(all.objects(), precision, scoreAt, recall));
  }
}
