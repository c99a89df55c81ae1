package io.github.tfkfac.extension;

import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.linalg.Matrices;
import io.github.tfkfac.internal.optimizer.Counters;
import io.github.tfkfac.internal.optimizer.Observed;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Context of a refresh: the step, the batch, and what becomes of the results. */
public final class RefreshContext<T extends TNumber> {

  private final Operand<TInt64> step;
  private final Observed<T> observed;
  private final Counters counters;
  private final Optional<Boolean> known;
  private final Supplier<Operand<TBool>> exact;

  /**
   * A refresh, made by the library only.
   *
   * @param known whether it is exact, if that is known when the graph is built
   * @param exact decides otherwise, a scalar
   */
  @SuppressWarnings("exports") // called by the library only
  public RefreshContext(
      Operand<TInt64> step,
      Observed<T> observed,
      Counters counters,
      Optional<Boolean> known,
      Supplier<Operand<TBool>> exact) {
    this.step = step;
    this.observed = observed;
    this.counters = counters;
    this.known = known;
    this.exact = exact;
  }

  /** Number of training steps already done, a scalar. */
  public Operand<TInt64> step() {
    return step;
  }

  /** The current batch as a layer sees it. */
  public LayerBatch<T> batch(CapturedLayer<T> layer) {
    return observed.of(layer, Optional.empty());
  }

  /** Counters of the training step. */
  @SuppressWarnings("exports") // called by the library only
  public Counters counters() {
    return counters;
  }

  /** Builds the part, or the two gated parts, that may have to run. */
  public List<Op> choose(
      Ops tf, Function<Ops, List<Op>> exactPart, Function<Ops, List<Op>> iterativePart) {
    if (known.isPresent()) {
      return known.get() ? exactPart.apply(tf) : iterativePart.apply(tf);
    }
    Operand<TBool> decided = exact.get();
    return List.of(
        Gate.when(tf, decided, exactPart),
        Gate.when(tf, tf.math.logicalNot(decided), iterativePart));
  }

  /** Assigns a value if it is finite, of a stack of matrices each that is. */
  List<Op> assign(Ops tf, NewValue<T> value) {
    List<Op> effects =
        new ArrayList<>(
            replace(
                tf,
                value.value(),
                value.variable().read(tf),
                accepted -> List.of(value.variable().assign(tf, accepted))));
    value
        .updates()
        .ifPresent(
            counter ->
                effects.add(
                    Counters.add(
                        tf,
                        counter,
                        Counters.countTrue(
                            tf, List.of(FiniteGuard.allFinite(tf, List.of(value.value())))))));
    return effects;
  }

  /**
   * Replaces matrices one by one, or a vector as a whole, where they are finite; what is rejected
   * is counted.
   */
  public List<Op> replace(
      Ops tf, Operand<T> refreshed, Operand<T> old, Function<Operand<T>, List<Op>> assignment) {
    int rank = old.shape().numDimensions();
    Operand<TBool> entries = tf.math.isFinite(refreshed);
    Operand<TBool> finite =
        rank == 0 ? entries : tf.reduceAll(entries, rank == 1 ? tf.constant(-1) : tf.array(-2, -1));
    Operand<TBool> overEntries = rank < 2 ? finite : Matrices.overEntries(tf, finite);
    List<Op> effects =
        new ArrayList<>(assignment.apply(FiniteGuard.keepFinite(tf, overEntries, refreshed, old)));
    effects.add(countRejected(tf, finite));
    return effects;
  }

  /** Counts the flags that are false. */
  public Op countRejected(Ops tf, Operand<TBool> finite) {
    return Counters.add(tf, counters.rejectedInverses, Counters.countFalse(tf, List.of(finite)));
  }
}
