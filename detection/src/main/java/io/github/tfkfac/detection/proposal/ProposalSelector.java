package io.github.tfkfac.detection.proposal;

import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.FixedLength;
import io.github.tfkfac.detection.box.GraphBoxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * From the proposal network's outputs to the proposals of an image, as a graph function: on each
 * level the anchors of largest logit; decoding; clipping to the image; dropping of what is too
 * small; non-maximum suppression on each level; then the best of all levels.
 *
 * <p><i>Numerics</i>: no gradient flows through the result; the suppression is in float32.
 *
 * <p>Source: Lin et al., "Feature pyramid networks", 2017, section 4.1; suppression per level as in
 * torchvision and MMDetection.
 *
 * @param perLevel anchors per level before suppression
 * @param perImage proposals per image, K
 * @param overlap above which the lower-scored of two proposals is dropped
 * @param smallest shortest side in pixels; 0 drops those without area
 * @param coder of deltas
 */
public record ProposalSelector(
    int perLevel, int perImage, double overlap, double smallest, BoxCoder coder) {

  private static final double OVERLAP = 0.7;

  public ProposalSelector {
    if (perLevel < 1 || perImage < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 proposal per level and per image, found "
              + perLevel
              + " and "
              + perImage);
    }
  }

  /** Overlap 0.7, with the profile's coder and smallest side. */
  public static ProposalSelector of(DetectorProfile profile, int perLevel, int perImage) {
    return new ProposalSelector(
        perLevel, perImage, OVERLAP, profile.smallestProposal(), BoxCoder.forProposals(profile));
  }

  /**
   * One level's anchors and the network's outputs for them, for one image.
   *
   * @param logits {@code [n]}
   * @param deltas {@code [n, 4]}
   * @param anchors {@code [n, 4]}
   */
  public record Level<T extends TNumber>(Operand<T> logits, Operand<T> deltas, Operand<T> anchors) {

    /**
     * From the network's outputs for a batch.
     *
     * @param logits {@code [N, n]}
     * @param deltas {@code [N, n, 4]}
     * @param anchors {@code [n, 4]}
     * @param image index in the batch
     */
    public static <T extends TNumber> Level<T> ofImage(
        Ops tf, Operand<T> logits, Operand<T> deltas, Operand<T> anchors, int image) {
      Operand<TInt32> index = tf.constant(image);
      Operand<TInt32> batchAxis = tf.constant(0);
      return new Level<>(
          tf.gather(logits, index, batchAxis), tf.gather(deltas, index, batchAxis), anchors);
    }
  }

  /**
   * Proposals of one image in descending order of score, then padding.
   *
   * @param boxes {@code [K, 4]}
   * @param scores sigmoid of the logits, for padding 0, {@code [K]}
   * @param valid whether a row is valid, not padding, {@code [K]}
   */
  public record Proposals<T extends TNumber>(
      Operand<T> boxes, Operand<T> scores, Operand<TBool> valid) {}

  /**
   * The proposals of one image.
   *
   * @param levels finest first
   * @param height of the image without padding, {@code []}
   * @param width of the image without padding, {@code []}
   */
  public <T extends TNumber> Proposals<T> select(
      Ops tf, List<Level<T>> levels, Operand<T> height, Operand<T> width) {
    List<Operand<T>> boxes = new ArrayList<>();
    List<Operand<T>> logits = new ArrayList<>();
    for (Level<T> level : levels) {
      Operand<T> levelLogits = tf.stopGradient(level.logits);
      Operand<TInt32> best = best(tf, levelLogits);
      Operand<T> bestLogits = tf.gather(levelLogits, best, tf.constant(0));
      Operand<T> bestDeltas = tf.gather(tf.stopGradient(level.deltas), best, tf.constant(0));
      Operand<T> decoded =
          coder.decode(tf, tf.gather(level.anchors, best, tf.constant(0)), bestDeltas);
      Operand<T> clipped = GraphBoxes.clip(tf, decoded, height, width);
      Operand<TInt32> kept = suppress(tf, clipped, bestLogits);
      boxes.add(tf.gather(clipped, kept, tf.constant(0)));
      logits.add(tf.gather(bestLogits, kept, tf.constant(0)));
    }
    Operand<T> allBoxes = FixedLength.concat(tf, boxes);
    Operand<T> allLogits = FixedLength.concat(tf, logits);
    Operand<TInt32> order = FixedLength.largest(tf, allLogits, perImage);
    Operand<T> scores = tf.math.sigmoid(tf.gather(allLogits, order, tf.constant(0)));
    Class<T> type = scores.type();
    return new Proposals<>(
        FixedLength.pad(
            tf, tf.gather(allBoxes, order, tf.constant(0)), perImage, GraphBoxes.filler(tf, type)),
        FixedLength.pad(tf, scores, perImage, tf.constant(type, 0)),
        FixedLength.first(tf, FixedLength.count(tf, order), perImage));
  }

  /** Indices of the anchors of largest logit. */
  <T extends TNumber> Operand<TInt32> best(Ops tf, Operand<T> logits) {
    return FixedLength.largest(tf, logits, perLevel);
  }

  /** Indices of what is left in descending order of logit. */
  private <T extends TNumber> Operand<TInt32> suppress(
      Ops tf, Operand<T> boxes, Operand<T> logits) {
    Operand<TFloat32> scores =
        tf.select(
            GraphBoxes.longEnough(tf, boxes, smallest),
            tf.dtypes.cast(logits, TFloat32.class),
            tf.constant(Float.NEGATIVE_INFINITY));
    // The operation expects y before x; overlaps are the same either way.
    return tf.image
        .nonMaxSuppression(
            tf.dtypes.cast(boxes, TFloat32.class),
            scores,
            FixedLength.count(tf, logits),
            tf.constant((float) overlap),
            tf.constant(-Float.MAX_VALUE),
            tf.constant(0f))
        .selectedIndices();
  }
}
