package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import java.util.List;
import java.util.stream.IntStream;

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

  private final EvaluationOptions options;
  private final List<Annotation> truths;
  private final List<Detection> detections;
  private final double[][] overlaps;

  ImageMatching(ImageObjects image, EvaluationOptions options) {
    this.options = options;
    this.truths = image.truths();
    int limit = options.limits().get(options.limits().size() - 1);
    int[] order =
        ScoreOrder.descending(image.detections().stream().mapToDouble(Detection::score).toArray());
    this.detections = IntStream.of(order).limit(limit).mapToObj(image.detections()::get).toList();
    this.overlaps = OverlapMatrix.of(options.overlap(), detections, image);
  }

  /** Scores of the detections that take part, best first. */
  double[] scores() {
    return detections.stream().mapToDouble(Detection::score).toArray();
  }

  /** Matches if only objects of the range count. */
  Matches within(AreaRange range) {
    boolean[] counts = new boolean[truths.size()];
    for (int g = 0; g < counts.length; g++) {
      counts[g] = !truths.get(g).crowd() && range.contains(truths.get(g).area());
    }
    int objects = (int) IntStream.range(0, counts.length).filter(g -> counts[g]).count();
    int[] order =
        IntStream.concat(
                IntStream.range(0, counts.length).filter(g -> counts[g]),
                IntStream.range(0, counts.length).filter(g -> !counts[g]))
            .toArray();
    int[] found = new int[detections.size()];
    int[] ignored = new int[detections.size()];
    for (int t = 0; t < THRESHOLDS.length; t++) {
      boolean[] taken = new boolean[counts.length];
      for (int d = 0; d < found.length; d++) {
        int match = match(overlaps[d], Math.min(THRESHOLDS[t], BELOW_ONE), order, counts, taken);
        if (match >= 0) {
          taken[match] = true;
          found[d] |= isRecorded(truths.get(match)) ? 1 << t : 0;
          ignored[d] |= counts[match] ? 0 : 1 << t;
        }
        boolean nothing = (found[d] >> t & 1) == 0;
        ignored[d] |= nothing && !range.contains(area(detections.get(d))) ? 1 << t : 0;
      }
    }
    return new Matches(objects, found, ignored);
  }

  private int match(
      double[] overlap, double threshold, int[] order, boolean[] counts, boolean[] taken) {
    double best = threshold;
    int match = -1;
    for (int g : order) {
      if (taken[g] && !truths.get(g).crowd()) {
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
