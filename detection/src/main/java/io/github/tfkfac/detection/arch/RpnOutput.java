package io.github.tfkfac.detection.arch;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Outputs of the proposal head for every anchor. Anchors are in the order level (finest first),
 * row, column, ratio.
 *
 * @param logits per level, objectness before the sigmoid, {@code [N, anchors of the level]}
 * @param deltas per level, box deltas (x, y, width, height), {@code [N, anchors of the level, 4]}
 */
public record RpnOutput<T extends TNumber>(List<Operand<T>> logits, List<Operand<T>> deltas) {

  public RpnOutput {
    logits = List.copyOf(logits);
    deltas = List.copyOf(deltas);
  }

  /** Logits of all levels: {@code [N, anchors]}. */
  public Operand<T> allLogits(Ops tf) {
    return tf.concat(logits, tf.constant(1));
  }

  /** Deltas of all levels: {@code [N, anchors, 4]}. */
  public Operand<T> allDeltas(Ops tf) {
    return tf.concat(deltas, tf.constant(1));
  }
}
