package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.extension.CapturedLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Shares of a batch's values in the moving averages, {@code 1 − decay}. */
public final class AverageShares<T extends TNumber> {

  private final Ops tf;
  private final FactorOptions options;
  private final Operand<TInt64> step;
  private final Supplier<Operand<TInt64>> number;
  private final Class<T> type;
  private final Supplier<Operand<T>> common;
  private final List<Op> built = new ArrayList<>();

  /**
   * Shares of one update of the statistics.
   *
   * @param step number of steps done
   * @param number of the update, 1 for the first; read when it is needed
   */
  AverageShares(
      Ops tf,
      FactorOptions options,
      Operand<TInt64> step,
      Supplier<Operand<TInt64>> number,
      Class<T> type) {
    this.tf = tf;
    this.options = options;
    this.step = step;
    this.number = new Lazy<>(number);
    this.type = type;
    this.common = new Lazy<>(() -> share(tf, this.number.get()));
  }

  /** The shares in as many updates as a layer's weight has uses. */
  public List<Operand<T>> of(CapturedLayer<T> layer, int uses) {
    if (uses == 1) {
      return List.of(of(layer));
    }
    List<Operand<T>> shares = new ArrayList<>();
    Operand<TInt64> batch = number(layer);
    for (int use = 1; use <= uses; use++) {
      Operand<TInt64> earlier = tf.constant((long) uses - use);
      shares.add(share(tf, tf.math.sub(tf.math.mul(batch, tf.constant((long) uses)), earlier)));
    }
    return shares;
  }

  /** The share in a layer's only update. */
  public Operand<T> of(CapturedLayer<T> layer) {
    return layer.mask().isPresent() ? share(tf, number(layer)) : common.get();
  }

  private Operand<TInt64> number(CapturedLayer<T> layer) {
    return layer.mask().map(mask -> mask.nextUpdate(tf)).orElseGet(number);
  }

  /** The share in an update of that number, 1 for the first. */
  public Operand<T> share(Ops ops, Operand<TInt64> update) {
    Operand<TFloat64> kept = options.decay().at(ops, step, update);
    Operand<T> share = ops.dtypes.cast(ops.math.sub(ops.constant(1.0), kept), type);
    built.add(share);
    return share;
  }

  /** Everything that was built: reads of counters, which must come before these are raised. */
  List<Op> built() {
    return built;
  }
}
