package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.FeaturePyramid;
import io.github.tfkfac.detection.arch.ProposalSettings;
import io.github.tfkfac.detection.arch.RpnOutput;
import io.github.tfkfac.detection.proposal.AnchorGenerator;
import io.github.tfkfac.detection.proposal.ProposalSelector;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * The proposals of every image of a batch; K per image. A run may feed them.
 *
 * @param boxes in pixels, padding behind, {@code [N, K, 4]}
 * @param scores between 0 and 1, descending, {@code [N, K]}
 * @param valid whether a row is valid, not padding, {@code [N, K]}
 */
public record Proposals<T extends TNumber>(
    Operand<T> boxes, Operand<T> scores, Operand<TBool> valid) {

  /**
   * Adds the choice of proposals to a graph.
   *
   * @param images {@code [N, H, W, 3]} with known N
   * @param sizes height and width of each image without padding, {@code [N, 2]}
   */
  static <T extends TNumber> Proposals<T> select(
      Ops tf,
      DetectorParts parts,
      ProposalSettings.Limits limits,
      Operand<T> images,
      Operand<TInt32> sizes,
      FeaturePyramid<T> pyramid,
      RpnOutput<T> output) {
    Class<T> type = images.type();
    List<Operand<T>> anchors = anchors(tf, parts.anchors(), images, pyramid);
    ProposalSelector selector = parts.proposals(limits);
    Operand<T> extents = tf.dtypes.cast(sizes, type);
    List<Operand<T>> boxes = new ArrayList<>();
    List<Operand<T>> scores = new ArrayList<>();
    List<Operand<TBool>> valid = new ArrayList<>();
    for (int image = 0; image < images.shape().get(0); image++) {
      List<ProposalSelector.Level<T>> levels = new ArrayList<>();
      for (int level = 0; level < anchors.size(); level++) {
        levels.add(
            ProposalSelector.Level.ofImage(
                tf,
                output.logits().get(level),
                output.deltas().get(level),
                anchors.get(level),
                image));
      }
      Operand<T> extent = row(tf, extents, image);
      ProposalSelector.Proposals<T> ofImage =
          selector.select(tf, levels, row(tf, extent, 0), row(tf, extent, 1));
      boxes.add(ofImage.boxes());
      scores.add(ofImage.scores());
      valid.add(ofImage.valid());
    }
    return new Proposals<>(tf.stack(boxes), tf.stack(scores), tf.stack(valid));
  }

  private static <T extends TNumber> List<Operand<T>> anchors(
      Ops tf, AnchorGenerator generator, Operand<T> images, FeaturePyramid<T> pyramid) {
    Operand<TInt32> padded = extent(tf, images);
    List<Operand<T>> anchors = new ArrayList<>();
    for (int level = 0; level < pyramid.levels().size(); level++) {
      Operand<TInt32> features = extent(tf, pyramid.levels().get(level));
      anchors.add(generator.level(tf, level, features, padded, images.type()));
    }
    return anchors;
  }

  /** Height and width, {@code [2]}. */
  private static Operand<TInt32> extent(Ops tf, Operand<?> maps) {
    return tf.slice(tf.shape(maps), tf.array(1), tf.array(2));
  }

  static <U extends TType> Operand<U> row(Ops tf, Operand<U> rows, int index) {
    return tf.gather(rows, tf.constant(index), tf.constant(0));
  }
}
