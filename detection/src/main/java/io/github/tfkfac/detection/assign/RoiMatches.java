package io.github.tfkfac.detection.assign;

import io.github.tfkfac.detection.assign.RoiSampler.Candidates;
import io.github.tfkfac.detection.box.GraphBoxes;
import io.github.tfkfac.detection.box.Iou;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * Matches of n regions to objects.
 *
 * @param object that a region overlaps most, the first of equals, {@code [n]}
 * @param positive whether it overlaps it enough, {@code [n]}
 * @param negative whether it is a region and does not, {@code [n]}
 * @param objects with one row of padding behind, so that there is at least one, {@code [G + 1, 4]}
 */
record RoiMatches<T extends TNumber>(
    Operand<TInt32> object, Operand<TBool> positive, Operand<TBool> negative, Operand<T> objects) {

  /**
   * Matches regions to the objects among the candidates.
   *
   * @param boxes of the regions, {@code [n, 4]}
   * @param valid whether a row is a region, not padding, {@code [n]}
   * @param threshold least overlap, above 0
   */
  static <T extends TNumber> RoiMatches<T> of(
      Ops tf, Candidates<T> candidates, Operand<T> boxes, Operand<TBool> valid, double threshold) {
    Class<T> type = boxes.type();
    Operand<T> objects =
        tf.stopGradient(withFiller(tf, candidates.objects(), GraphBoxes.filler(tf, type)));
    Operand<TBool> objectValid = withFiller(tf, candidates.objectValid(), tf.constant(false));
    Operand<T> known = tf.expandDims(tf.dtypes.cast(objectValid, type), tf.constant(1));
    // 0 is below the threshold, so padding among the objects matches nothing.
    Operand<T> overlaps = tf.math.mul(Iou.matrix(tf, objects, boxes), known);
    Operand<TBool> enough =
        tf.math.greaterEqual(tf.reduceMax(overlaps, tf.constant(0)), tf.constant(type, threshold));
    return new RoiMatches<>(
        tf.math.argMax(overlaps, tf.constant(0), TInt32.class),
        tf.math.logicalAnd(valid, enough),
        tf.math.logicalAnd(valid, tf.math.logicalNot(enough)),
        objects);
  }

  /** The rows and one row of padding. */
  static <T extends TType> Operand<T> withFiller(Ops tf, Operand<T> rows, Operand<T> filler) {
    return tf.concat(List.of(rows, tf.expandDims(filler, tf.constant(0))), tf.constant(0));
  }
}
