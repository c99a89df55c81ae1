package io.github.tfkfac.detection.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The losses of a batch, scalars.
 *
 * <p><i>Scale</i>: the first two are sums divided by the number of sampled anchors, the third and
 * fourth by that of sampled regions, the last is the mean over regions with an object; all over the
 * whole batch, 0 where there is nothing to divide by.
 *
 * @param objectness cross-entropy of the proposal network's logits
 * @param proposals loss of its deltas
 * @param classes cross-entropy of the box head's logits
 * @param boxes loss of its deltas
 * @param masks cross-entropy of the mask head, if there is one
 */
public record DetectionLosses<T extends TNumber>(
    Operand<T> objectness,
    Operand<T> proposals,
    Operand<T> classes,
    Operand<T> boxes,
    Optional<Operand<T>> masks) {

  private static final List<String> NAMES =
      List.of("objectness", "proposal boxes", "classes", "boxes", "masks");

  /** All terms. */
  public List<Operand<T>> terms() {
    List<Operand<T>> terms = new ArrayList<>(List.of(objectness, proposals, classes, boxes));
    masks.ifPresent(terms::add);
    return terms;
  }

  /** Names of {@link #terms}. */
  public List<String> names() {
    return NAMES.subList(0, terms().size());
  }

  /** Their sum, which is trained on. */
  public Operand<T> total(Ops tf) {
    return tf.math.addN(terms());
  }
}
