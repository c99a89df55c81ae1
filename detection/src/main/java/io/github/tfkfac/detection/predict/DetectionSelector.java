package io.github.tfkfac.detection.predict;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Nms;
import io.github.tfkfac.detection.profile.DetectorProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * From the box head's outputs to the detections of an image: softmax; for each class the regions
 * above a score, decoded, clipped to the image, and not too small; non-maximum suppression per
 * class; then the best of all classes.
 *
 * <p><i>Numerics</i>: float64.
 *
 * <p>Source: Girshick, "Fast R-CNN", 2015, section 3; constants of torchvision and MMDetection.
 *
 * @param labels numbers of the classes
 * @param coder of deltas
 * @param leastScore detections have more
 * @param suppression per class
 * @param smallest shortest side in pixels; 0 drops those without area
 * @param perImage largest number of detections
 */
public record DetectionSelector(
    ClassLabels labels,
    BoxCoder coder,
    double leastScore,
    Nms suppression,
    double smallest,
    int perImage) {

  private static final double LEAST_SCORE = 0.05;
  private static final double OVERLAP = 0.5;
  private static final int PER_IMAGE = 100;

  public DetectionSelector {
    if (perImage < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 detection per image, found " + perImage + "; COCO counts 100");
    }
  }

  /** Scores above 0.05, overlap 0.5, 100 per image. */
  public static DetectionSelector of(DetectorProfile profile, int classes) {
    return new DetectionSelector(
        new ClassLabels(classes, profile.background()),
        BoxCoder.forBoxes(profile),
        LEAST_SCORE,
        new Nms(OVERLAP),
        profile.smallestDetection(),
        PER_IMAGE);
  }

  /**
   * Detection found in a region.
   *
   * @param box in pixels of the network's image
   * @param category class, from 0
   * @param label the class as the heads number it
   * @param score between 0 and 1
   * @param region index of the region
   */
  public record Found(Box box, int category, int label, double score, int region) {}

  /**
   * The detections of an image in descending order of score; among equals, those of the first
   * region, then of the first class.
   *
   * @param regions without padding
   * @param logits of each region, {@code [R][classes + 1]}
   * @param deltas of each region, {@code [R][4 · labels.boxes()]}
   * @param height of the network's image without padding
   * @param width of the network's image without padding
   */
  public List<Found> select(
      List<Box> regions, float[][] logits, float[][] deltas, double height, double width) {
    if (logits.length != regions.size() || deltas.length != regions.size()) {
      throw new IllegalArgumentException(
          "expected logits and deltas of "
              + regions.size()
              + " regions, found "
              + logits.length
              + " and "
              + deltas.length
              + "; leave out the padding in all three");
    }
    double[][] scores = new double[logits.length][];
    for (int r = 0; r < scores.length; r++) {
      scores[r] = softmax(logits[r]);
    }
    List<Found> found = new ArrayList<>();
    for (int category = 0; category < labels.classes(); category++) {
      int label = labels.first() + category;
      List<Found> candidates = new ArrayList<>();
      for (int r = 0; r < scores.length; r++) {
        if (scores[r][label] > leastScore) {
          Box box = decoded(regions.get(r), deltas[r], label).clipped(width, height);
          if (longEnough(box)) {
            candidates.add(new Found(box, category, label, scores[r][label], r));
          }
        }
      }
      double[] candidateScores = candidates.stream().mapToDouble(Found::score).toArray();
      for (int kept :
          suppression.keep(candidates.stream().map(Found::box).toList(), candidateScores)) {
        found.add(candidates.get(kept));
      }
    }
    found.sort(
        Comparator.comparingDouble((Found candidate) -> -candidate.score)
            .thenComparingInt(Found::region)
            .thenComparingInt(Found::category));
    return List.copyOf(found.subList(0, Math.min(perImage, found.size())));
  }

  private Box decoded(Box region, float[] deltas, int label) {
    int at = 4 * label;
    return coder.decode(region, deltas[at], deltas[at + 1], deltas[at + 2], deltas[at + 3]);
  }

  private boolean longEnough(Box box) {
    double shorter = Math.min(box.width(), box.height());
    return smallest == 0 ? shorter > 0 : shorter >= smallest;
  }

  private static double[] softmax(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double[] result = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.exp(logits[i] - largest);
      sum += result[i];
    }
    for (int i = 0; i < result.length; i++) {
      result[i] /= sum;
    }
    return result;
  }
}
