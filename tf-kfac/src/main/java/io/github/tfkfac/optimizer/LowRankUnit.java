package io.github.tfkfac.optimizer;

import io.github.tfkfac.capture.FisherTap;
import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.damping.DampedFactor;
import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.damping.DampingContext;
import io.github.tfkfac.damping.FactorPair;
import io.github.tfkfac.factor.LayerRows;
import io.github.tfkfac.factor.LowRankRows;
import io.github.tfkfac.factor.Normalization;
import io.github.tfkfac.factor.TapRows;
import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.linalg.WoodburyInverse;
import io.github.tfkfac.schedule.Gate;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Replaces the inverses of a layer by those of the damped factors of the current mini-batch, {@code
 * (UUᵀ + μI)⁻¹} with one column of U per example, of a diagonal factor by its diagonal; a result
 * that is not finite is rejected.
 */
record LowRankUnit<T extends TNumber>(
    LayerState<T> layer, int index, Damping damping, Normalization normalization, Class<T> type)
    implements RefreshUnit<T> {

  @Override
  public double cost() {
    return FactorStack.cost(layer.input().structure())
        + FactorStack.cost(layer.output().structure());
  }

  @Override
  public List<Op> refresh(Ops tf, Context<T> context) {
    FisherTap<T> tap = context.observed().tap(tf, index);
    LayerRows<T> rows = TapRows.reduced(tf, tap.columns().get(0));
    List<LayerRows<T>> columns = new ArrayList<>(List.of(rows));
    for (Tap<T> column : tap.columns().subList(1, tap.columns().size())) {
      columns.add(TapRows.reduced(tf, column));
    }
    BatchFactor<T> input =
        factor(
            tf, layer.input().structure(), LowRankRows.input(tf, rows, layer.input().structure()));
    BatchFactor<T> output =
        factor(
            tf,
            layer.output().structure(),
            LowRankRows.output(tf, columns, layer.output().structure()));
    FactorPair<T> dampings =
        damping.of(
            tf,
            new FactorPair<>(input.scale(tf, damping), output.scale(tf, damping)),
            DampingContext.at(tf, damping, context.step()),
            type);
    List<Op> effects = new ArrayList<>();
    layer
        .input()
        .inverse()
        .ifPresent(
            inverse -> effects.addAll(replace(tf, inverse, input, dampings.input(), context)));
    layer
        .output()
        .inverse()
        .ifPresent(
            inverse -> effects.addAll(replace(tf, inverse, output, dampings.output(), context)));
    return effects;
  }

  /**
   * A factor of the batch.
   *
   * @param value the diagonal of a diagonal one, U of every other
   */
  private record BatchFactor<T extends TNumber>(FactorStructure structure, Operand<T> value) {

    boolean isDiagonal() {
      return structure instanceof FactorStructure.Diagonal;
    }

    Operand<T> scale(Ops tf, Damping damping) {
      return isDiagonal()
          ? damping.scale().of(tf, structure, value)
          : damping.scale().ofLowRank(tf, value);
    }

    Operand<T> inverse(Ops tf, Operand<T> damping) {
      return isDiagonal()
          ? tf.math.reciprocal(DampedFactor.of(tf, structure, value, damping))
          : new WoodburyInverse(Gate::choose).of(tf, value, damping);
    }
  }

  private BatchFactor<T> factor(Ops tf, FactorStructure structure, Operand<T> u) {
    return new BatchFactor<>(
        structure,
        structure instanceof FactorStructure.Diagonal
            ? normalization.apply(tf, LowRankRows.diagonal(tf, u), type)
            : normalization.ofLowRank(tf, u, type));
  }

  private List<Op> replace(
      Ops tf,
      GraphVariable<T> inverse,
      BatchFactor<T> factor,
      Operand<T> damping,
      Context<T> context) {
    Operand<T> ofBatch = factor.inverse(tf, damping);
    Operand<T> old = inverse.read(tf);
    Operand<T> refreshed =
        context
            .observed()
            .anyExample(tf, index)
            .<Operand<T>>map(any -> tf.select(any, ofBatch, old))
            .orElse(ofBatch);
    Accepted<T> accepted =
        factor.isDiagonal()
            ? Accepted.vector(tf, refreshed, old, context.counters())
            : Accepted.matrices(tf, refreshed, old, context.counters());
    return accepted.assign(value -> List.of(inverse.assign(tf, value)));
  }
}
