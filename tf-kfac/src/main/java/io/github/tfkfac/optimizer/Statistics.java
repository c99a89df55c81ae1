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
    List<Operand<TBool>> sound = new ArrayList<>();
    List<Op> effects = new ArrayList<>();
    List<Integer> backward = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      if (layers.get(i).input().average().isPresent()
          || layers.get(i).output().average().isPresent()) {
        backward.add(i);
      }
    }
    Operand<TInt64> number = tf.math.add(counters.statisticsUpdates.read(tf), tf.constant(1L));
    List<Operand<T>> newShare = newShares(tf, step, number, 1);
    List<Op> before = new ArrayList<>(newShare);
    OrderedOps.chain(
        tf,
        backward,
        (ops, index) -> {
          LayerState<T> layer = layers.get(index);
          List<SecondMoments<T>> uses = observed.moments(ops, index);
          List<Operand<T>> shares = newShare;
          if (uses.size() > 1 || layer.mask().isPresent()) {
            Operand<TInt64> ofLayer = layer.mask().map(mask -> mask.nextUpdate(tf)).orElse(number);
            shares = newShares(tf, step, ofLayer, uses.size());
            before.addAll(shares);
          }
          List<Op> computed = new ArrayList<>();
          for (Averaged<T> averaged : averaged(ops, layer, uses, shares)) {
            Candidate candidate =
                Candidate.of(
                    tf, usable, observed.anyExample(tf, index), List.of(averaged.updated()));
            effects.add(averaged.assign(tf, candidate));
            sound.add(candidate.sound());
            computed.add(averaged.updated());
          }
          return computed;
        });
    effects.add(Counters.add(tf, counters.rejectedStatistics, Counters.countFalse(tf, sound)));
    coarse.ifPresent(level -> before.addAll(level.update(tf, step, number, usable, observed)));
    effects.addAll(before);
    effects.addAll(count(OrderedOps.after(tf, before), usable, observed));
    return effects;
  }

  /** An average and its new value. */
  private record Averaged<T extends TNumber>(GraphVariable<T> average, Operand<T> updated) {

    Op assign(Ops tf, Candidate candidate) {
      return average.assign(
          tf, FiniteGuard.keepFinite(tf, candidate.accepted(), updated, average.read(tf)));
    }
  }

  /**
   * A layer's averages after an update per element of {@code uses}.
   *
   * @param uses in the order of the forward pass, which is that of the input factor
   * @param shares of the first update, the second, ...
   */
  private List<Averaged<T>> averaged(
      Ops tf, LayerState<T> layer, List<SecondMoments<T>> uses, List<Operand<T>> shares) {
    List<Operand<T>> inputs = new ArrayList<>();
    List<Operand<T>> outputs = new ArrayList<>();
    for (SecondMoments<T> use : uses) {
      layer
          .input()
          .average()
          .ifPresent(average -> inputs.add(options.estimate().inputFactor(tf, layer.site(), use)));
      layer
          .output()
          .average()
          .ifPresent(average -> outputs.add(0, options.estimate().outputFactor(tf, use)));
    }
    List<Averaged<T>> averaged = new ArrayList<>();
    layer.input().average().ifPresent(a -> averaged.add(averaged(tf, a, inputs, shares)));
    layer.output().average().ifPresent(a -> averaged.add(averaged(tf, a, outputs, shares)));
    return averaged;
  }

  private Averaged<T> averaged(
      Ops tf, GraphVariable<T> average, List<Operand<T>> factors, List<Operand<T>> shares) {
    Operand<T> updated = average.read(tf);
    for (int i = 0; i < factors.size(); i++) {
      Operand<T> normalized = options.normalization().apply(tf, factors.get(i), type);
      updated = MovingAverage.update(tf, updated, normalized, shares.get(i));
    }
    return new Averaged<>(average, updated);
  }

  /**
   * The shares of new values in as many updates as a weight has uses.
   *
   * @param batch number of the batch, 1 for the first
   */
  private List<Operand<T>> newShares(
      Ops tf, Operand<TInt64> step, Operand<TInt64> batch, int uses) {
    List<Operand<T>> shares = new ArrayList<>();
    for (int use = 1; use <= uses; use++) {
      Operand<TInt64> update =
          uses == 1
              ? batch
              : tf.math.sub(
                  tf.math.mul(batch, tf.constant((long) uses)), tf.constant((long) uses - use));
      Operand<TFloat64> kept = options.decay().at(tf, step, update);
      shares.add(tf.dtypes.cast(tf.math.sub(tf.constant(1.0), kept), type));
    }
    return shares;
  }

  /** Counts the update. */
  private List<Op> count(Ops tf, Operand<TBool> usable, Observed<T> observed) {
    List<Op> counts = new ArrayList<>();
    counts.add(
        Counters.add(tf, counters.statisticsUpdates, Counters.countTrue(tf, List.of(usable))));
    for (int i = 0; i < layers.size(); i++) {
      Optional<MaskState> mask = layers.get(i).mask();
      if (mask.isPresent()) {
        Operand<TBool> counted =
            tf.math.logicalAnd(usable, observed.anyExample(tf, i).orElseThrow());
        counts.add(
            Counters.add(tf, mask.get().updates(), Counters.countTrue(tf, List.of(counted))));
      }
    }
    return counts;
  }
}
