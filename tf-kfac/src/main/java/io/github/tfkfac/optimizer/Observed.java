package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.factor.TapMoments;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** What a step's batch tells about the layers. */
interface Observed<T extends TNumber> {

  /** The same for a part of the graph that is gated by a predicate. */
  Observed<T> behind(Ops tf, Operand<TBool> predicate);

  /** The second moments of a layer. */
  SecondMoments<T> moments(Ops tf, int layer);

  /** What flows through a layer. */
  Tap<T> tap(int layer);

  /**
   * The batch's own forward and backward pass.
   *
   * @param taps one per layer
   * @param layers what is kept of each layer
   */
  record Batch<T extends TNumber>(List<Tap<T>> taps, List<LayerState<T>> layers)
      implements Observed<T> {

    @Override
    public Batch<T> behind(Ops tf, Operand<TBool> predicate) {
      return new Batch<>(taps.stream().map(tap -> tap.passed(tf, predicate)).toList(), layers);
    }

    @Override
    public SecondMoments<T> moments(Ops tf, int layer) {
      return TapMoments.of(tf, taps.get(layer));
    }

    @Override
    public Tap<T> tap(int layer) {
      return taps.get(layer);
    }
  }
}
