package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import java.util.ArrayList;
import java.util.List;

/**
 * Matches the detections of a category to the objects of an image.
 *
 * <p>Detections choose in order of their score; each takes the object, not yet taken, that it
 * overlaps most, objects that do not count only if it finds no other. A crowd can be taken again
 * and again. Source: cocodataset/cocoapi, cocoeval, evaluateImg.
 */
final class ImageMatching {
  private static final double BELOW_ONE = 1 - 1e-10;
  private static final double[] THRESHOLDS = CocoThresholds.overlaps();

  private static final int EVERY_THRESHOLD = (1 << THRESHOLDS.length) - 1;

  private final EvaluationOptions options;
  private final List<Annotation> truths;
  private final double[] scores;
  private final double[] areas;
  private final double[][] overlaps;

  ImageMatching(ImageObjects image, EvaluationOptions options) {
    this.options = options;
    this.truths = image.truths();
    List<Detection> detections = best(image.detections(), options.mostDetections());
    this.scores = new double[detections.size()];
    this.areas = new double[detections.size()];
    for (int d = 0; d < scores.length; d++) {
      scores[d] = detections.get(d).score();
      areas[d] = area(detections.get(d));
    }
    this.overlaps =
        truths.isEmpty()
            ? new double[scores.length][0]
            : OverlapMatrix.of(options.overlap(), detections, image);
  }

  private static List<Detection> best(List<Detection> all, int limit) {
    double[] scores = new double[all.size()];
    for (int at = 0; at < scores.length; at++) {
      scores[at] = all.get(at).score();
    }
    int[] order = ScoreOrder.descending(scores);
    List<Detection> best = new ArrayList<>(Math.min(limit, order.length));
    for (int rank = 0; rank < order.length && rank < limit; rank++) {
      best.add(all.get(order[rank]));
    }
    return best;
  }

  /** Scores of the detections that take part, best first. */
  double[] scores() {
    return scores;
  }

  /** Whether an object is to be found. */
  static boolean counts(Annotation truth, AreaRange range) {
    return !truth.crowd() && range.contains(truth.area());
  }

  /**
   * Sets the matches, from a place on, best detection first, if only objects of the range count.
   */
  void within(AreaRange range, Matches matches, int place) {
    boolean[] counts = new boolean[truths.size()];
    for (int g = 0; g < counts.length; g++) {
      counts[g] = counts(truths.get(g), range);
    }
    int[] order = countingFirst(counts);
    int[] taken = new int[counts.length];
    for (int d = 0; d < overlaps.length; d++) {
      int found = 0;
      int ignored = 0;
      for (int t = 0; t < THRESHOLDS.length && order.length > 0; t++) {
        int match = match(overlaps[d], t, order, counts, taken);
        if (match >= 0) {
          taken[match] |= 1 << t;
          found |= isRecorded(truths.get(match)) ? 1 << t : 0;
          ignored |= counts[match] ? 0 : 1 << t;
        }
      }
      boolean outside = !range.contains(areas[d]);
      matches.set(place + d, found, outside ? ignored | (EVERY_THRESHOLD & ~found) : ignored);
    }
  }

  /** The objects' indices, first of those that count. */
  private static int[] countingFirst(boolean[] counts) {
    int[] order = new int[counts.length];
    int size = 0;
    for (boolean counting : new boolean[] {true, false}) {
      for (int g = 0; g < counts.length; g++) {
        if (counts[g] == counting) {
          order[size++] = g;
        }
      }
    }
    return order;
  }

  private int match(double[] overlap, int threshold, int[] order, boolean[] counts, int[] taken) {
    double best = Math.min(THRESHOLDS[threshold], BELOW_ONE);
    int match = -1;
    for (int g : order) {
      if ((taken[g] >> threshold & 1) == 1 && !truths.get(g).crowd()) {
        continue;
      }
      if (match >= 0 && counts[match] && !counts[g]) {
        break;
      }
      if (!(overlap[g] < best)) {
        best = overlap[g];
        match = g;
      }
    }
    return match;
  }

  private boolean isRecorded(Annotation match) {
    return match.id() != 0 || options.compatibility() == EvaluationOptions.Compatibility.CORRECTED;
  }

  private double area(Detection detection) {
    return options.overlap() == Overlap.BOX
            || options.compatibility() == EvaluationOptions.Compatibility.PYCOCOTOOLS
        ? detection.area()
        : detection.mask().map(RunLengths::area).orElseThrow();
  }
}
