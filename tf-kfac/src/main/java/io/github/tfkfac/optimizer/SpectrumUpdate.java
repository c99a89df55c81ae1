package io.github.tfkfac.optimizer;

import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.factor.Eigenbasis;
import io.github.tfkfac.factor.EigenbasisMoments;
import io.github.tfkfac.factor.MovingAverage;
import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.optimizer.LayerState.SpectrumState;
import io.github.tfkfac.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The diagonals that EKFAC re-estimates: moving averages of the squared projected gradients per
 * example, counted from the last change of the basis.
 */
final class SpectrumUpdate<T extends TNumber> {

  private final AverageDecay decay;
  private final Counters counters;
  private final List<LayerState<T>> layers;
  private final Class<T> type;

  SpectrumUpdate(AverageDecay decay, Counters counters, List<LayerState<T>> layers, Class<T> type) {
    this.decay = decay;
    this.counters = counters;
    this.layers = layers;
    this.type = type;
  }

  /** Whether any layer has such a diagonal. */
  boolean isNeeded() {
    return layers.stream().anyMatch(layer -> layer.spectrum().isPresent());
  }

  /** Updates the diagonals, one layer after the other, from a batch that is {@code usable}. */
  List<Op> update(Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed) {
    List<Integer> affected =
        IntStream.range(0, layers.size())
            .filter(i -> layers.get(i).spectrum().isPresent())
            .boxed()
            .toList();
    return OrderedOps.chain(
        tf, affected, (ops, index) -> update(ops, step, usable, observed, index));
  }

  private List<Op> update(
      Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed, int index) {
    LayerState<T> layer = layers.get(index);
    SpectrumState<T> state = layer.spectrum().orElseThrow();
    Eigenbasis<T> basis =
        new Eigenbasis<>(
            layer.input().basis().map(variable -> variable.read(tf)),
            layer.output().basis().map(variable -> variable.read(tf)));
    Operand<T> batch = EigenbasisMoments.of(tf, observed.tap(tf, index), basis);
    Operand<TInt64> number = tf.math.add(state.updates().read(tf), tf.constant(1L));
    Operand<T> newShare =
        tf.dtypes.cast(tf.math.sub(tf.constant(1.0), decay.at(tf, step, number)), type);
    Operand<T> old = state.diagonal().read(tf);
    Operand<T> updated = MovingAverage.update(tf, old, batch, newShare);
    Candidate candidate =
        Candidate.of(tf, usable, observed.anyExample(tf, index), List.of(updated));
    List<Op> effects = new ArrayList<>();
    effects.add(
        state
            .diagonal()
            .assign(tf, FiniteGuard.keepFinite(tf, candidate.accepted(), updated, old)));
    effects.add(
        Counters.add(
            tf, counters.rejectedStatistics, Counters.countFalse(tf, List.of(candidate.sound()))));
    effects.add(
        Counters.add(
            OrderedOps.after(tf, List.of(newShare)),
            state.updates(),
            Counters.countTrue(tf, List.of(candidate.accepted()))));
    return effects;
  }
}
