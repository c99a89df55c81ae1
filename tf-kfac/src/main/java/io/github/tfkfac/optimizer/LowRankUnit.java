package io.github.tfkfac.optimizer;

import java.util.List;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Replaces the inverses of a layer by those of the damped factors of the batch at hand. */
record LowRankUnit<T extends TNumber>(
    LayerState<T> layer, int index, Approximation.LowRank approximation, Class<T> type)
    implements RefreshUnit<T> {

  @Override
  public double cost() {
    return FactorStack.cost(layer.input().structure())
        + FactorStack.cost(layer.output().structure());
  }

  @Override
  public List<Op> refresh(Ops tf, Context<T> context) {
    throw new IllegalStateException("todo");
  }
}
