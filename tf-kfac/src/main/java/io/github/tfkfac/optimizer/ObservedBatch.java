package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Fisher;
import io.github.tfkfac.capture.FisherPass;
import io.github.tfkfac.capture.FisherTap;
import io.github.tfkfac.capture.PredictiveDistribution;
import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.factor.Positions;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.factor.SharedUses;
import io.github.tfkfac.factor.TapMoments;
import io.github.tfkfac.schedule.Gate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Activations and output gradients of the batch's own backward pass, or of one from other targets.
 */
final class ObservedBatch<T extends TNumber> implements Observed<T> {

  private final Source<T> source;
  private final Optional<Gated<T>> gated;

  /**
   * Source of the values.
   *
   * @param fisher over which targets
   * @param positions treatment of the positions within one example
   * @param uses treatment of the uses of one weight
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

  /** Values that enter a gated part of the graph; built for the layers that it is asked for. */
  private static final class Gated<T extends TNumber> {

    private final Source<T> source;
    private final Ops tf;
    private final Supplier<Operand<TBool>> predicate;
    private final Optional<Gated<T>> outer;
    private final Map<Integer, FisherTap<T>> taps = new HashMap<>();
    private final Map<Integer, Operand<TBool>> masks = new HashMap<>();
    private final Lazy<FisherPass<T>> pass;

    /**
     * Enters a gated part.
     *
     * @param outer the part that encloses it, if any: its backward pass serves all parts within
     */
    Gated(Source<T> source, Ops tf, Supplier<Operand<TBool>> predicate, Optional<Gated<T>> outer) {
      this.source = source;
      this.tf = tf;
      this.predicate = predicate;
      this.outer = outer;
      this.pass =
          new Lazy<>(
              () ->
                  FisherPass.build(
                      source.graph(),
                      tf,
                      source.fisher(),
                      source.taps(),
                      source.outputs(),
                      predicate.get(),
                      source.step()));
    }

    FisherTap<T> tap(int layer) {
      FisherTap<T> tap =
          outer.map(part -> part.tap(layer)).orElseGet(() -> pass.get().taps().get(layer));
      return taps.computeIfAbsent(layer, i -> tap.passed(tf, predicate.get()));
    }

    Optional<Operand<TBool>> mask(int layer) {
      return source
          .layers()
          .get(layer)
          .mask()
          .map(
              state ->
                  masks.computeIfAbsent(layer, i -> Gate.pass(tf, predicate.get(), state.mask())));
    }
  }

  ObservedBatch(Source<T> source) {
    this(source, Optional.empty());
  }

  private ObservedBatch(Source<T> source, Optional<Gated<T>> gated) {
    this.source = source;
    this.gated = gated;
  }

  @Override
  public ObservedBatch<T> behind(Ops tf, Supplier<Operand<TBool>> predicate) {
    boolean ownPass = !(source.fisher() instanceof Fisher.Empirical);
    return new ObservedBatch<>(
        source,
        Optional.of(new Gated<>(source, tf, predicate, ownPass ? gated : Optional.empty())));
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
    return TapMoments.of(
        tf, tap, state.input().structure(), state.output().structure(), source.positions());
  }

  @Override
  public FisherTap<T> tap(Ops tf, int layer) {
    FisherTap<T> tap = gated().tap(layer);
    return gated()
        .mask(layer)
        .map(mask -> tap.examples(tf, MaskState.indices(tf, mask)))
        .orElse(tap);
  }

  @Override
  public Optional<Operand<TBool>> anyExample(Ops tf, int layer) {
    return gated().mask(layer).map(mask -> MaskState.any(tf, mask));
  }

  private Gated<T> gated() {
    return gated.orElseThrow(
        () -> new IllegalStateException("the batch must be passed through a gate first"));
  }
}
