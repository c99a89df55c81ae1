package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.LayerBatch;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** Captured flows and moments of a step's batch; only what is asked for is built. */
public interface Observed<T extends TNumber> {

  /**
   * The same for a part of the graph that is gated by a predicate, or for a part within that part;
   * nothing else may be asked before this was called.
   */
  Observed<T> behind(Ops tf, Supplier<Operand<TBool>> predicate);

  /**
   * What one layer sees.
   *
   * @param shares of its values in moving averages, if statistics are updated
   */
  LayerBatch<T> of(CapturedLayer<T> layer, Optional<AverageShares<T>> shares);
}
