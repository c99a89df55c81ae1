package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.FisherTap;
import io.github.tfkfac.factor.SecondMoments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** What a step's batch tells about the layers. */
interface Observed<T extends TNumber> {

  /**
   * The same for a part of the graph that is gated by a predicate; nothing else may be asked before
   * this was called.
   */
  Observed<T> behind(Ops tf, Operand<TBool> predicate);

  /** The second moments of a layer, in the shapes that are kept of it. */
  SecondMoments<T> moments(Ops tf, int layer);

  /** What flows through a layer. */
  FisherTap<T> tap(int layer);
}
