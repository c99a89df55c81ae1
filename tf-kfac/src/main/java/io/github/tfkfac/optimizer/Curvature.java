package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.factor.MovingAverage;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.precondition.BlockPreconditioner;
import io.github.tfkfac.precondition.WeightMatrix;
import io.github.tfkfac.precondition.WeightMatrix.Parts;
import io.github.tfkfac.schedule.Gate;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.OrderedOps;
import io.github.tfkfac.state.StateStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The second-order part of a training step: statistics, refreshes, preconditioned directions. */
final class Curvature<T extends TNumber> {

  private final CurvatureOptions options;
  private final Counters counters;
  private final Class<T> type;
  private final List<LayerState<T>> layers;
  private final InverseRefresh<T> refresh;

  Curvature(
      CurvatureOptions options,
      StateStore store,
      Counters counters,
      List<LayerSite<T>> sites,
      Class<T> type) {
    this.options = options;
    this.counters = counters;
    this.type = type;
    this.layers = sites.stream().map(site -> LayerState.create(store, site)).toList();
    this.refresh = new InverseRefresh<>(options, counters, layers, type);
  }

  InverseRefresh<T> refresh() {
    return refresh;
  }

  List<LayerState<T>> layers() {
    return layers;
  }

  /** Updates the moving averages when they are due. */
  Op statisticsWhenDue(
      Ops tf,
      Operand<TInt64> step,
      List<Tap<T>> taps,
      BiFunction<Ops, Tap<T>, SecondMoments<T>> moments) {
    return Gate.when(tf, statisticsDue(tf, step), gated -> updateAverages(gated, taps, moments));
  }

  /** A scalar: whether the statistics are to be updated at {@code step}. */
  Operand<TBool> statisticsDue(Ops tf, Operand<TInt64> step) {
    return options.statistics().due(tf, step);
  }

  /**
   * Updates the moving averages, one layer after the other so that only one layer's temporaries are
   * alive, and in backward order because the last layers' gradients come first.
   */
  List<Op> updateAverages(
      Ops tf, List<Tap<T>> taps, BiFunction<Ops, Tap<T>, SecondMoments<T>> moments) {
    List<Operand<TBool>> accepted = new ArrayList<>();
    List<Integer> backward = new ArrayList<>();
    for (int i = taps.size() - 1; i >= 0; i--) {
      backward.add(i);
    }
    List<Op> effects =
        OrderedOps.chain(
            tf,
            backward,
            (ops, index) -> {
              LayerState<T> layer = layers.get(index);
              SecondMoments<T> batch = moments.apply(ops, taps.get(index));
              Operand<T> input = ops.math.div(batch.inputSum(), batch.rows());
              return List.of(
                  average(ops, layer.inputFactor(), input, accepted),
                  average(ops, layer.outputFactor(), batch.gradientSum(), accepted));
            });
    List<Op> all = new ArrayList<>(effects);
    all.add(Counters.add(tf, counters.rejectedStatistics, Counters.countFalse(tf, accepted)));
    all.add(Counters.increment(tf, counters.statisticsUpdates));
    return Collections.unmodifiableList(all);
  }

  private Op average(
      Ops tf, GraphVariable<T> average, Operand<T> batch, List<Operand<TBool>> accepted) {
    Operand<T> old = average.read(tf);
    Operand<T> updated =
        new MovingAverage(options.averageDecay())
            .update(tf, old, options.normalisation().apply(tf, batch, type), type);
    Operand<TBool> finite = FiniteGuard.allFinite(tf, List.of(updated));
    accepted.add(finite);
    return average.assign(tf, FiniteGuard.keepFinite(tf, finite, updated, old));
  }

  /**
   * The directions along which the captured variables move, by variable name.
   *
   * @param tf where to build; reads of the inverses come after its control dependencies
   * @param gradients the variables' gradients by name
   */
  Map<String, Operand<T>> directions(Ops tf, Map<String, Operand<T>> gradients) {
    Map<String, Operand<T>> directions = new LinkedHashMap<>();
    for (LayerState<T> layer : layers) {
      LayerSite<T> site = layer.site();
      Operand<T> gradient =
          WeightMatrix.join(
              tf,
              site,
              new Parts<>(
                  required(gradients, site.name()),
                  site.bias().map(bias -> required(gradients, bias.name()))));
      BlockPreconditioner<T> block =
          new BlockPreconditioner<>(layer.inputInverse().read(tf), layer.outputInverse().read(tf));
      Operand<T> direction =
          options.normControl().apply(tf, block.apply(tf, gradient), gradient, type);
      Parts<T> parts = WeightMatrix.split(tf, site, direction);
      directions.put(site.name(), parts.weight());
      parts
          .bias()
          .ifPresent(
              value -> directions.put(site.bias().map(GraphVariable::name).orElseThrow(), value));
    }
    return directions;
  }

  private static <T extends TNumber> Operand<T> required(
      Map<String, Operand<T>> gradients, String name) {
    Operand<T> gradient = gradients.get(name);
    if (gradient == null) {
      throw new IllegalStateException("no gradient for '" + name + "'");
    }
    return gradient;
  }
}
