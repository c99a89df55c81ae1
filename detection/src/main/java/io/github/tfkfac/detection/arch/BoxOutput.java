package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.ClassLabels;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * Outputs of the box head for every region of interest.
 *
 * @param hidden outputs of its fully connected layers after ReLU, {@code [R, width]}
 * @param logits class logits, {@code [R, classes + 1]}
 * @param deltas box deltas (x, y, width, height) of each of {@link ClassLabels#boxes}, {@code [R,
 *     regions, 4]}
 */
public record BoxOutput<T extends TNumber>(
    List<Operand<T>> hidden, Operand<T> logits, Operand<T> deltas) {

  public BoxOutput {
    hidden = List.copyOf(hidden);
  }
}
