package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.factor.MovingAverage;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.precondition.BlockPreconditioner;
import io.github.tfkfac.precondition.StepContext;
import io.github.tfkfac.precondition.WeightMatrix;
import io.github.tfkfac.precondition.WeightMatrix.Parts;
import io.github.tfkfac.schedule.Gate;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.OrderedOps;
import io.github.tfkfac.state.StateStore;
import java.util.ArrayList;
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

  /** Updates the moving averages when they are due, from a batch that is {@code usable}. */
  Op statisticsWhenDue(
      Ops tf,
      Operand<TInt64> step,
      Operand<TBool> usable,
      List<Tap<T>> taps,
      BiFunction<Ops, Tap<T>, SecondMoments<T>> moments) {
    Operand<TBool> due = statisticsDue(tf, step);
    List<Tap<T>> passed = taps.stream().map(tap -> tap.passed(tf, due)).toList();
    return Gate.when(tf, due, gated -> updateAverages(gated, usable, passed, moments));
  }

  /** A scalar: whether the statistics are to be updated at {@code step}. */
  Operand<TBool> statisticsDue(Ops tf, Operand<TInt64> step) {
    return options.statistics().due(tf, step);
  }

  /**
   * Updates the moving averages, one layer after the other so that only one layer's temporaries are
   * alive, and in backward order because the last layers' gradients come first.
   *
   * @param usable a scalar: false leaves the averages as they are; the assignments wait for it, the
   *     computation does not
   */
  List<Op> updateAverages(
      Ops tf,
      Operand<TBool> usable,
      List<Tap<T>> taps,
      BiFunction<Ops, Tap<T>, SecondMoments<T>> moments) {
    List<Operand<TBool>> finite = new ArrayList<>();
    List<Op> effects = new ArrayList<>();
    List<Integer> backward = new ArrayList<>();
    for (int i = taps.size() - 1; i >= 0; i--) {
      backward.add(i);
    }
    OrderedOps.chain(
        tf,
        backward,
        (ops, index) -> {
          LayerState<T> layer = layers.get(index);
          SecondMoments<T> batch = moments.apply(ops, taps.get(index));
          Operand<T> input = average(ops, layer.inputFactor(), inputFactor(ops, batch));
          Operand<T> output = average(ops, layer.outputFactor(), batch.gradientSum());
          effects.add(assignFinite(tf, layer.inputFactor(), input, usable, finite));
          effects.add(assignFinite(tf, layer.outputFactor(), output, usable, finite));
          return List.of(input, output);
        });
    effects.add(Counters.add(tf, counters.rejectedStatistics, Counters.countFalse(tf, finite)));
    effects.add(
        Counters.add(tf, counters.statisticsUpdates, Counters.countTrue(tf, List.of(usable))));
    return effects;
  }

  private static <T extends TNumber> Operand<T> inputFactor(Ops tf, SecondMoments<T> batch) {
    return tf.math.div(batch.inputSum(), batch.rows());
  }

  private Operand<T> average(Ops tf, GraphVariable<T> average, Operand<T> batch) {
    return new MovingAverage(options.averageDecay())
        .update(tf, average.read(tf), options.normalisation().apply(tf, batch, type), type);
  }

  private Op assignFinite(
      Ops tf,
      GraphVariable<T> average,
      Operand<T> updated,
      Operand<TBool> usable,
      List<Operand<TBool>> finite) {
    Operand<TBool> isFinite = FiniteGuard.allFinite(tf, List.of(updated));
    finite.add(isFinite);
    Operand<TBool> accepted = tf.math.logicalAnd(usable, isFinite);
    return average.assign(tf, FiniteGuard.keepFinite(tf, accepted, updated, average.read(tf)));
  }

  /**
   * The directions along which the captured variables move, by variable name.
   *
   * @param tf where to build; reads of the inverses come after its control dependencies
   * @param gradients the variables' gradients by name
   */
  Map<String, Operand<T>> directions(
      Ops tf, Map<String, Operand<T>> gradients, StepContext context) {
    List<Operand<T>> matrices = new ArrayList<>();
    List<Operand<T>> preconditioned = new ArrayList<>();
    for (LayerState<T> layer : layers) {
      LayerSite<T> site = layer.site();
      Operand<T> gradient =
          WeightMatrix.join(
              tf,
              site,
              new Parts<>(
                  required(gradients, site.name()),
                  site.bias().map(bias -> required(gradients, bias.name()))));
      matrices.add(gradient);
      preconditioned.add(
          new BlockPreconditioner<>(
                  site.inputStructure(),
                  layer.inputInverse().read(tf),
                  site.outputStructure(),
                  layer.outputInverse().read(tf))
              .apply(tf, gradient));
    }
    List<Operand<T>> controlled =
        options.normControl().apply(tf, preconditioned, matrices, context, type).directions();
    Map<String, Operand<T>> directions = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      LayerSite<T> site = layers.get(i).site();
      Parts<T> parts = WeightMatrix.split(tf, site, controlled.get(i));
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
