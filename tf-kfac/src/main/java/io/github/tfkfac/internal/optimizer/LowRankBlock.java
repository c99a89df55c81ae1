package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Normalization;
import io.github.tfkfac.PreconditioningPrecision;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.damping.DampedFactor;
import io.github.tfkfac.internal.factor.LayerRows;
import io.github.tfkfac.internal.factor.LowRankRows;
import io.github.tfkfac.internal.linalg.WoodburyInverse;
import io.github.tfkfac.internal.optimizer.KroneckerFactor.Estimation;
import io.github.tfkfac.internal.precondition.Side;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Block with the inverses of the damped factors of the mini-batch at the last refresh, {@code (UUᵀ
 * + μI)⁻¹} with one column of U per example, of a diagonal factor by its diagonal; nothing is
 * averaged.
 */
public final class LowRankBlock<T extends TNumber> implements CurvatureBlock<T> {

  private final CapturedLayer<T> layer;
  private final InverseFactor<T> input;
  private final InverseFactor<T> output;

  public LowRankBlock(CapturedLayer<T> layer, PreconditioningPrecision precision) {
    this.layer = layer;
    this.input = factor(layer, Side.INPUT, precision);
    this.output = factor(layer, Side.OUTPUT, precision);
  }

  private static <T extends TNumber> InverseFactor<T> factor(
      CapturedLayer<T> layer, Side side, PreconditioningPrecision precision) {
    return new InverseFactor<>(layer, side, Estimation.OF_THE_BATCH, false, precision);
  }

  @Override
  public CapturedLayer<T> layer() {
    return layer;
  }

  @Override
  public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
    return output.precondition(tf, input.precondition(tf, gradient));
  }

  @Override
  public List<RefreshWork<T>> refreshWork() {
    List<RefreshWork.Aged> aged =
        Stream.of(input, output).filter(InverseFactor::isKept).map(InverseFactor::aged).toList();
    return List.of(
        new Work<>(this, RefreshWork.of(input.cost() + output.cost(), aged, this::inverses)));
  }

  /**
   * Both inverses.
   *
   * @param block whose
   * @param inverses what its keeper does
   */
  private record Work<T extends TNumber>(LowRankBlock<T> block, RefreshWork<T> inverses)
      implements LayerWork<T> {

    @Override
    public double cost() {
      return inverses.cost();
    }

    @Override
    public List<Aged> aged() {
      return inverses.aged();
    }

    @Override
    public List<Op> refresh(Ops tf, RefreshContext<T> context) {
      return inverses.refresh(tf, context);
    }

    @Override
    public List<Work<T>> byKeeper(LayerKeepers keepers) {
      return List.of(this);
    }

    @Override
    public CapturedLayer<T> layer() {
      return block.layer;
    }

    @Override
    public List<Op> contribute(Ops tf, RefreshContext<T> context) {
      LayerBatch<T> batch = context.batch(layer());
      Columns<T> columns = block.columns(tf, batch);
      List<Op> contributed = new ArrayList<>();
      if (block.input.isKept()) {
        contributed.add(columns.input());
      }
      if (block.output.isKept()) {
        contributed.add(columns.output());
      }
      if (!contributed.isEmpty()) {
        batch.anyExample(tf).ifPresent(contributed::add);
      }
      return contributed;
    }
  }

  /** U of both factors, or the diagonals of diagonal ones, of the whole batch. */
  private record Columns<T extends TNumber>(Operand<T> input, Operand<T> output) {}

  private Columns<T> columns(Ops tf, LayerBatch<T> batch) {
    FisherTap<T> tap = batch.part(tf);
    Pool<T> pool = batch.pool(tf);
    List<LayerRows<T>> columns =
        tap.columns().stream().map(column -> LayerRows.of(tf, column)).toList();
    return new Columns<>(
        pooled(tf, input, LowRankRows.input(tf, columns.get(0), input.structure), pool),
        pooled(tf, output, LowRankRows.output(tf, columns, output.structure), pool));
  }

  private List<NewValue<T>> inverses(Ops tf, RefreshContext<T> context) {
    LayerBatch<T> batch = context.batch(layer);
    Columns<T> columns = columns(tf, batch);
    Operand<T> inputs = normalized(tf, input, columns.input());
    Operand<T> outputs = normalized(tf, output, columns.output());
    Damping damping = layer.damping();
    FactorPair<T> dampings =
        damping.of(
            tf,
            new FactorPair<>(scale(tf, input, inputs), scale(tf, output, outputs)),
            DampingContext.at(tf, damping, context.step()),
            layer.type());
    List<NewValue<T>> values = new ArrayList<>();
    add(tf, values, input, inputs, dampings.input(), batch);
    add(tf, values, output, outputs, dampings.output(), batch);
    return values;
  }

  /**
   * U of the batch, or the diagonal of a diagonal factor; what is not kept stays that of the part.
   *
   * @param u of this worker's part
   */
  private static <T extends TNumber> Operand<T> pooled(
      Ops tf, InverseFactor<T> factor, Operand<T> u, Pool<T> pool) {
    boolean isInput = factor.side == Side.INPUT;
    if (factor.isDiagonal()) {
      Operand<T> ofPart = LowRankRows.diagonal(tf, u);
      return isInput ? pool.inputs(tf, ofPart) : pool.gradients(tf, ofPart);
    }
    if (!factor.isKept()) {
      return u;
    }
    return isInput ? pool.inputColumns(tf, u) : pool.gradientColumns(tf, u);
  }

  private Operand<T> normalized(Ops tf, InverseFactor<T> factor, Operand<T> value) {
    Normalization normalization = layer.factors().normalization();
    return factor.isDiagonal()
        ? normalization.apply(tf, value, layer.type())
        : normalization.ofLowRank(tf, value, layer.type());
  }

  private Operand<T> scale(Ops tf, InverseFactor<T> factor, Operand<T> value) {
    return factor.isDiagonal()
        ? layer.damping().scale().of(tf, factor.structure, value)
        : layer.damping().scale().ofLowRank(tf, value);
  }

  private void add(
      Ops tf,
      List<NewValue<T>> values,
      InverseFactor<T> factor,
      Operand<T> value,
      Operand<T> damping,
      LayerBatch<T> batch) {
    if (factor.inverse.isEmpty()) {
      return;
    }
    Operand<T> ofBatch =
        factor.isDiagonal()
            ? tf.math.reciprocal(DampedFactor.of(tf, factor.structure, value, damping))
            : new WoodburyInverse(Gate::choose).of(tf, value, damping);
    Optional<Operand<TBool>> any = batch.anyExample(tf);
    values.add(
        new NewValue<>(
            factor.inverse.get(),
            any.<Operand<T>>map(some -> tf.select(some, ofBatch, factor.inverse.get().read(tf)))
                .orElse(ofBatch)));
  }
}
