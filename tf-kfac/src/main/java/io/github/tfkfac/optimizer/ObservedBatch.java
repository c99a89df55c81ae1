package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.capture.FisherPass;
import io.github.tfkfac.capture.FisherTap;
import io.github.tfkfac.capture.PredictiveDistribution;
import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.factor.FisherMoments;
import io.github.tfkfac.factor.Positions;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.factor.SharedUses;
import io.github.tfkfac.factor.TapMoments;
import io.github.tfkfac.schedule.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** What the batch's own forward and backward pass, or that of other targets, tells. */
final class ObservedBatch<T extends TNumber> implements Observed<T> {

  private final Source<T> source;
  private final List<Seen<T>> layers;

  /**
   * Where the values come from.
   *
   * @param fisher over which targets
   * @param positions what becomes of the places within one example
   * @param uses what becomes of the uses of one weight
   * @param outputs what the model predicts, for targets other than the batch's
   * @param step number of steps done, which keys random targets
   * @param taps one per layer
   * @param layers what is kept of each layer
   */
  record Source<T extends TNumber>(
      Graph graph,
      Fisher fisher,
      Positions positions,
      SharedUses uses,
      List<PredictiveDistribution<T>> outputs,
      Operand<TInt64> step,
      List<Tap<T>> taps,
      List<LayerState<T>> layers) {}

  /** What flows through a layer, and which examples of it count. */
  private record Seen<T extends TNumber>(FisherTap<T> tap, Optional<Operand<TBool>> mask) {}

  ObservedBatch(Source<T> source) {
    this(source, List.of());
  }

  private ObservedBatch(Source<T> source, List<Seen<T>> layers) {
    this.source = source;
    this.layers = layers;
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
    List<Seen<T>> passed = new ArrayList<>();
    for (int i = 0; i < pass.taps().size(); i++) {
      passed.add(
          new Seen<>(
              pass.taps().get(i).passed(tf, predicate),
              source.layers().get(i).mask().map(state -> Gate.pass(tf, predicate, state.mask()))));
    }
    return new ObservedBatch<>(source, List.copyOf(passed));
  }

  @Override
  public List<SecondMoments<T>> moments(Ops tf, int layer) {
    FisherTap<T> tap = tap(tf, layer);
    if (source.uses() == SharedUses.POOLED) {
      return List.of(moments(tf, tap, source.layers().get(layer)));
    }
    return UseOrder.forward(source.graph(), tap.site()).stream()
        .map(use -> moments(tf, tap.use(use), source.layers().get(layer)))
        .toList();
  }

  private SecondMoments<T> moments(Ops tf, FisherTap<T> tap, LayerState<T> state) {
    return FisherMoments.of(
        tf,
        tap,
        (ops, column) ->
            TapMoments.of(
                ops,
                column,
                state.input().structure(),
                state.output().structure(),
                source.positions()));
  }

  @Override
  public FisherTap<T> tap(Ops tf, int layer) {
    Seen<T> seen = seen(layer);
    return seen.mask()
        .map(mask -> seen.tap().examples(tf, MaskState.indices(tf, mask)))
        .orElse(seen.tap());
  }

  @Override
  public Optional<Operand<TBool>> anyExample(Ops tf, int layer) {
    return seen(layer).mask().map(mask -> MaskState.any(tf, mask));
  }

  private Seen<T> seen(int layer) {
    if (layers.isEmpty()) {
      throw new IllegalStateException("the batch must be passed through a gate first");
    }
    return layers.get(layer);
  }
}
