package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.CurvatureBlock.Estimate;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Updates of what the blocks estimate from batches. */
public final class Statistics<T extends TNumber> {

  private final FactorOptions options;
  private final Counters counters;
  private final List<CurvatureBlock<T>> blocks;
  private final Optional<CoarseLevel<T>> coarse;
  private final LayerKeepers keepers;
  private final Class<T> type;

  Statistics(
      FactorOptions options,
      Counters counters,
      List<CurvatureBlock<T>> blocks,
      Optional<CoarseLevel<T>> coarse,
      LayerKeepers keepers,
      Class<T> type) {
    this.options = options;
    this.counters = counters;
    this.blocks = blocks;
    this.coarse = coarse;
    this.keepers = keepers;
    this.type = type;
  }

  /** A scalar: whether the estimates are to be updated at {@code step}. */
  Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    return options.statistics().due(tf, step);
  }

  /** Statistics of one step. */
  Update at(Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed) {
    Operand<TBool> due = due(tf, step);
    return new Update(due, step, usable, observed.behind(tf, () -> due));
  }

  /** Updates of one step, which run when they are due. */
  final class Update {

    private final Operand<TBool> due;
    private final Operand<TInt64> step;
    private final Operand<TBool> usable;
    private final Observed<T> seen;

    private Update(
        Operand<TBool> due, Operand<TInt64> step, Operand<TBool> usable, Observed<T> seen) {
      this.due = due;
      this.step = step;
      this.usable = usable;
      this.seen = seen;
    }

    /** Updates what is estimated before the refreshes. */
    Op beforeRefresh(Ops tf) {
      return Gate.when(tf, due, gated -> update(gated, step, usable, seen));
    }

    /** Updates what blocks estimate after the refreshes; nothing if none does. */
    Optional<Op> afterRefresh(Ops tf) {
      List<Estimates<T>> estimates = new ArrayList<>();
      blocks.forEach(
          block ->
              block
                  .estimateAfterRefresh()
                  .ifPresent(estimate -> estimates.add(new Estimates<>(block, estimate))));
      return estimates.isEmpty()
          ? Optional.empty()
          : Optional.of(
              Gate.when(
                  tf,
                  due,
                  gated -> {
                    AverageShares<T> shares =
                        new AverageShares<>(
                            gated,
                            options,
                            step,
                            () -> counters.statisticsUpdates.read(gated),
                            type);
                    return update(gated, estimates, shares, usable, seen);
                  }));
    }
  }

  /**
   * Updates the estimates, one layer after the other so that only one layer's temporaries are
   * alive, and in backward order because the last layers' gradients come first.
   *
   * @param usable a scalar: false leaves the estimates as they are; the assignments wait for it,
   *     the computation does not
   */
  public List<Op> update(
      Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed) {
    AverageShares<T> shares =
        new AverageShares<>(
            tf,
            options,
            step,
            () -> tf.math.add(counters.statisticsUpdates.read(tf), tf.constant(1L)),
            type);
    List<Estimates<T>> backward = new ArrayList<>();
    blocks.forEach(block -> backward.add(new Estimates<>(block, block::update)));
    Collections.reverse(backward);
    List<Op> effects = new ArrayList<>(update(tf, backward, shares, usable, observed));
    coarse.ifPresent(level -> effects.addAll(level.update(tf, shares, usable, observed)));
    effects.addAll(count(OrderedOps.after(tf, shares.built()), usable, observed));
    return effects;
  }

  /** Estimates of a layer. */
  private record Estimates<T extends TNumber>(CurvatureBlock<T> block, Estimate<T> estimate) {

    /** What is run where another worker keeps them. */
    List<Op> contribute(Ops tf, LayerBatch<T> batch) {
      List<Op> contributed =
          block instanceof KroneckerBlock<T, ?> kronecker
              ? kronecker.contribute(tf, batch)
              : List.of();
      if (!contributed.isEmpty()) {
        // The same exchanges in the same order as at the keeper.
        batch.anyExample(tf);
      }
      return contributed;
    }
  }

  private List<Op> update(
      Ops tf,
      List<Estimates<T>> estimates,
      AverageShares<T> shares,
      Operand<TBool> usable,
      Observed<T> observed) {
    List<Operand<TBool>> sound = new ArrayList<>();
    List<Op> effects = new ArrayList<>();
    OrderedOps.chain(
        tf,
        estimates,
        (ops, each) -> {
          CapturedLayer<T> layer = each.block().layer();
          LayerBatch<T> batch = observed.of(layer, Optional.of(shares));
          List<Op> computed = new ArrayList<>();
          if (!layer.isKeptHere()) {
            computed.addAll(each.contribute(ops, batch));
            effects.addAll(computed);
            return computed;
          }
          for (NewValue<T> value : each.estimate().update(ops, batch)) {
            Accepted accepted = Accepted.of(tf, usable, batch.anyExample(tf), List.of(value));
            effects.addAll(accepted.effects());
            sound.add(accepted.sound());
            computed.add(value.value());
          }
          return computed;
        });
    Operand<TInt64> rejected = Counters.countFalse(tf, sound);
    effects.add(
        Counters.add(
            tf,
            counters.rejectedStatistics,
            keepers.isDivided() ? keepers.workers().sum(tf, rejected) : rejected));
    return effects;
  }

  /** Counts the update. */
  private List<Op> count(Ops tf, Operand<TBool> usable, Observed<T> observed) {
    List<Op> counts = new ArrayList<>();
    counts.add(
        Counters.add(tf, counters.statisticsUpdates, Counters.countTrue(tf, List.of(usable))));
    for (CurvatureBlock<T> block : blocks) {
      CapturedLayer<T> layer = block.layer();
      if (layer.mask().isPresent()) {
        Operand<TBool> counted =
            tf.math.logicalAnd(
                usable, observed.of(layer, Optional.empty()).anyExample(tf).orElseThrow());
        counts.add(
            Counters.add(
                tf, layer.mask().get().updates(), Counters.countTrue(tf, List.of(counted))));
      }
    }
    return counts;
  }
}
