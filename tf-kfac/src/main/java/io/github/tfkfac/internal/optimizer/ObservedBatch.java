package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Positions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.capture.FisherPass;
import io.github.tfkfac.internal.factor.LayerMoments;
import io.github.tfkfac.internal.factor.TapMoments;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
  private final Map<String, Operand<T>> gradients;
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
   * @param moments of each layer
   */
  record Source<T extends TNumber>(
      Graph graph,
      Fisher fisher,
      Positions positions,
      SharedUses uses,
      List<PredictiveDistribution<T>> outputs,
      Operand<TInt64> step,
      List<Tap<T>> taps,
      List<LayerMoments> moments) {}

  /** Values that enter a gated part of the graph; built for the layers that it is asked for. */
  private static final class Gated<T extends TNumber> {

    private final Ops tf;
    private final Supplier<Operand<TBool>> predicate;
    private final Optional<Gated<T>> outer;
    private final Map<Integer, FisherTap<T>> taps = new HashMap<>();
    private final Map<Integer, Operand<TBool>> masks = new HashMap<>();
    private final Map<String, Operand<T>> gradients = new HashMap<>();
    private final Lazy<FisherPass<T>> pass;

    /**
     * Enters a gated part.
     *
     * @param outer the part that encloses it, if any: its backward pass serves all parts within
     */
    Gated(Source<T> source, Ops tf, Supplier<Operand<TBool>> predicate, Optional<Gated<T>> outer) {
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

    Operand<T> passed(String variable, Operand<T> gradient) {
      return gradients.computeIfAbsent(variable, name -> Gate.pass(tf, predicate.get(), gradient));
    }

    Optional<Operand<TBool>> mask(CapturedLayer<T> layer) {
      return layer
          .mask()
          .map(
              state ->
                  masks.computeIfAbsent(
                      layer.index(), i -> Gate.pass(tf, predicate.get(), state.mask())));
    }
  }

  /** The batch as one layer sees it. */
  private final class OfLayer extends LayerBatch<T> {

    private final CapturedLayer<T> layer;
    private final Gated<T> values;

    OfLayer(CapturedLayer<T> layer, Optional<AverageShares<T>> shares) {
      super(layer, shares);
      this.layer = layer;
      this.values =
          gated.orElseThrow(
              () -> new IllegalStateException("the batch must be passed through a gate first"));
    }

    @Override
    public List<SecondMoments<T>> moments(Ops tf) {
      FisherTap<T> all = tap(tf);
      Stream<FisherTap<T>> taps =
          source.uses() == SharedUses.POOLED
              ? Stream.of(all)
              : forward(source.graph(), all.site()).stream().map(all::use);
      LayerMoments.Kept kept =
          new LayerMoments.Kept(layer.inputStructure(), layer.outputStructure());
      LayerMoments moments = source.moments().get(layer.index());
      return taps.map(tap -> TapMoments.of(tf, tap, moments, kept, source.positions())).toList();
    }

    @Override
    public FisherTap<T> tap(Ops tf) {
      FisherTap<T> tap = values.tap(layer.index());
      return values
          .mask(layer)
          .map(mask -> tap.examples(tf, MaskState.indices(tf, mask)))
          .orElse(tap);
    }

    @Override
    public Operand<T> gradient(Ops tf) {
      return Directions.matrix(
          tf, layer.site(), name -> values.passed(name, Directions.required(gradients, name)));
    }

    @Override
    public Optional<Operand<TBool>> mask(Ops tf) {
      return values.mask(layer);
    }

    @Override
    public Optional<Operand<TBool>> anyExample(Ops tf) {
      return mask(tf).map(mask -> MaskState.any(tf, mask));
    }
  }

  /**
   * Values of a batch.
   *
   * @param gradients of the loss by variable name
   */
  ObservedBatch(Source<T> source, Map<String, Operand<T>> gradients) {
    this(source, gradients, Optional.empty());
  }

  private ObservedBatch(
      Source<T> source, Map<String, Operand<T>> gradients, Optional<Gated<T>> gated) {
    this.source = source;
    this.gradients = gradients;
    this.gated = gated;
  }

  @Override
  public ObservedBatch<T> behind(Ops tf, Supplier<Operand<TBool>> predicate) {
    boolean ownPass = !(source.fisher() instanceof Fisher.Empirical);
    return new ObservedBatch<>(
        source,
        gradients,
        Optional.of(new Gated<>(source, tf, predicate, ownPass ? gated : Optional.empty())));
  }

  @Override
  public LayerBatch<T> of(CapturedLayer<T> layer, Optional<AverageShares<T>> shares) {
    return new OfLayer(layer, shares);
  }

  /** The indices of a weight's uses in the order in which they were added to the graph. */
  private static List<Integer> forward(Graph graph, LayerSite<?> site) {
    List<String> outputs = site.uses().stream().map(use -> use.output().op().name()).toList();
    if (outputs.size() == 1) {
      return List.of(0);
    }
    List<Integer> order = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              int use = outputs.indexOf(operation.name());
              if (use >= 0) {
                order.add(use);
              }
            });
    return List.copyOf(order);
  }
}
