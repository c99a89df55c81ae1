package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.capture.FisherPass;
import io.github.tfkfac.capture.FisherTap;
import io.github.tfkfac.capture.PredictiveDistribution;
import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.factor.FisherMoments;
import io.github.tfkfac.factor.Positions;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.factor.TapMoments;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** What the batch's own forward and backward pass, or that of other targets, tells. */
final class ObservedBatch<T extends TNumber> implements Observed<T> {

  private final Source<T> source;
  private final List<FisherTap<T>> taps;

  /**
   * Where the values come from.
   *
   * @param fisher over which targets
   * @param positions what becomes of the places within one example
   * @param outputs what the model predicts, for targets other than the batch's
   * @param step number of steps done, which keys random targets
   * @param taps one per layer
   * @param layers what is kept of each layer
   */
  record Source<T extends TNumber>(
      Graph graph,
      Fisher fisher,
      Positions positions,
      List<PredictiveDistribution<T>> outputs,
      Operand<TInt64> step,
      List<Tap<T>> taps,
      List<LayerState<T>> layers) {}

  ObservedBatch(Source<T> source) {
    this(source, List.of());
  }

  private ObservedBatch(Source<T> source, List<FisherTap<T>> taps) {
    this.source = source;
    this.taps = taps;
  }

  @Override
  public ObservedBatch<T> behind(Ops tf, Operand<TBool> predicate) {
    FisherPass<T> pass =
        FisherPass.build(
            source.graph(),
            tf,
            source.fisher(),
            source.taps(),
            source.outputs(),
            predicate,
            source.step());
    return new ObservedBatch<>(
        source, pass.taps().stream().map(tap -> tap.passed(tf, predicate)).toList());
  }

  @Override
  public SecondMoments<T> moments(Ops tf, int layer) {
    LayerState<T> state = source.layers().get(layer);
    return FisherMoments.of(
        tf,
        tap(layer),
        (ops, tap) ->
            TapMoments.of(
                ops,
                tap,
                state.input().structure(),
                state.output().structure(),
                source.positions()));
  }

  @Override
  public FisherTap<T> tap(int layer) {
    if (taps.isEmpty()) {
      throw new IllegalStateException("the batch must be passed through a gate first");
    }
    return taps.get(layer);
  }
}
