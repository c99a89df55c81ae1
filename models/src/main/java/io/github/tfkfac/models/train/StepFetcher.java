package io.github.tfkfac.models.train;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;

/** A listener that wants values of a training step that its report does not hold. */
public interface StepFetcher extends TrainingListener {

  /**
   * Operands to fetch in the run that makes the coming step, if any; of several micro-batches the
   * last one's.
   *
   * @param step training steps done then, the coming one included
   */
  List<Operand<?>> wanted(long step);

  /**
   * The values wanted of a step; precedes {@link #stepped}.
   *
   * @param values closed afterwards
   */
  void fetched(long step, List<Tensor> values);
}
