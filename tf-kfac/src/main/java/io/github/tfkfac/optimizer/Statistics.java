package io.github.tfkfac.optimizer;

import io.github.tfkfac.factor.MovingAverage;
import io.github.tfkfac.factor.SecondMoments;
import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The moving averages of the layers' factors. */
final class Statistics<T extends TNumber> {

  private final FactorOptions options;
  private final Counters counters;
  private final List<LayerState<T>> layers;
  private final Optional<CoarseLevel<T>> coarse;
  private final Class<T> type;

  Statistics(
      FactorOptions options,
      Counters counters,
      List<LayerState<T>> layers,
      Optional<CoarseLevel<T>> coarse,
      Class<T> type) {
    this.options = options;
    this.counters = counters;
    this.layers = layers;
    this.coarse = coarse;
    this.type = type;
  }

  /** A scalar: whether the averages are to be updated at {@code step}. */
  Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    return options.statistics().due(tf, step);
  }

  /**
   * Updates the moving averages, one layer after the other so that only one layer's temporaries are
   * alive, and in backward order because the last layers' gradients come first.
   *
   * @param usable a scalar: false leaves the averages as they are; the assignments wait for it, the
   *     computation does not
   */
  List<Op> update(Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed) {
    List<Operand<TBool>> finite = new ArrayList<>();
    List<Op> effects = new ArrayList<>();
    List<Integer> backward = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      if (layers.get(i).input().average().isPresent()
          || layers.get(i).output().average().isPresent()) {
        backward.add(i);
      }
    }
    Operand<TInt64> update = tf.math.add(counters.statisticsUpdates.read(tf), tf.constant(1L));
    Operand<T> newShare = newShare(tf, step, update);
    OrderedOps.chain(
        tf,
        backward,
        (ops, index) -> {
          LayerState<T> layer = layers.get(index);
          SecondMoments<T> batch = observed.moments(ops, index);
          List<Op> computed = new ArrayList<>();
          layer
              .input()
              .average()
              .ifPresent(
                  average -> {
                    Operand<T> factor = options.estimate().inputFactor(ops, layer.site(), batch);
                    Operand<T> updated = average(ops, average, factor, newShare);
                    effects.add(assignFinite(tf, average, updated, usable, finite));
                    computed.add(updated);
                  });
          layer
              .output()
              .average()
              .ifPresent(
                  average -> {
                    Operand<T> factor = options.estimate().outputFactor(ops, batch);
                    Operand<T> updated = average(ops, average, factor, newShare);
                    effects.add(assignFinite(tf, average, updated, usable, finite));
                    computed.add(updated);
                  });
          return computed;
        });
    effects.add(Counters.add(tf, counters.rejectedStatistics, Counters.countFalse(tf, finite)));
    List<Op> before = new ArrayList<>(List.of(newShare));
    coarse.ifPresent(level -> before.addAll(level.update(tf, step, update, usable, observed)));
    effects.addAll(before);
    effects.add(
        Counters.add(
            OrderedOps.after(tf, before),
            counters.statisticsUpdates,
            Counters.countTrue(tf, List.of(usable))));
    return effects;
  }

  private Operand<T> newShare(Ops tf, Operand<TInt64> step, Operand<TInt64> update) {
    Operand<TFloat64> kept = options.decay().at(tf, step, update);
    return tf.dtypes.cast(tf.math.sub(tf.constant(1.0), kept), type);
  }

  private Operand<T> average(
      Ops tf, GraphVariable<T> average, Operand<T> batch, Operand<T> newShare) {
    return MovingAverage.update(
        tf, average.read(tf), options.normalisation().apply(tf, batch, type), newShare);
  }

  private static <T extends TNumber> Op assignFinite(
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
}
