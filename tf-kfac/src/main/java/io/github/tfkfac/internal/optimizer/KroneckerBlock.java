package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.AverageDecay;
import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.Quantity;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.diagnostics.FactorQuality;
import io.github.tfkfac.internal.precondition.QuadraticModel;
import io.github.tfkfac.internal.precondition.Side;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Block whose curvature is the Kronecker product of two averaged factors, {@code A ⊗ G}. */
abstract class KroneckerBlock<T extends TNumber, F extends KroneckerFactor<T>>
    implements CurvatureBlock<T> {

  final CapturedLayer<T> layer;
  final F input;
  final F output;

  KroneckerBlock(CapturedLayer<T> layer, F input, F output) {
    this.layer = layer;
    this.input = input;
    this.output = output;
  }

  @Override
  public final CapturedLayer<T> layer() {
    return layer;
  }

  @Override
  public final List<NewValue<T>> update(Ops tf, LayerBatch<T> batch) {
    if (input.average.isEmpty() && output.average.isEmpty()) {
      return List.of();
    }
    FactorOptions factors = layer.factors();
    List<SecondMoments<T>> uses = batch.moments(tf);
    List<Operand<T>> shares = batch.newShares(uses.size());
    List<Operand<T>> inputs = new ArrayList<>();
    List<Operand<T>> outputs = new ArrayList<>();
    for (SecondMoments<T> use : uses) {
      input.average.ifPresent(
          average -> inputs.add(factors.estimate().inputFactor(tf, layer.site(), use)));
      output.average.ifPresent(average -> outputs.add(0, factors.estimate().outputFactor(tf, use)));
    }
    List<NewValue<T>> values = new ArrayList<>();
    input.average.ifPresent(
        a -> values.add(new NewValue<>(a, averaged(tf, input, inputs, shares))));
    output.average.ifPresent(
        a -> values.add(new NewValue<>(a, averaged(tf, output, outputs, shares))));
    return values;
  }

  /** The average after an update per use: in the order of the pass that made the uses. */
  private Operand<T> averaged(Ops tf, F factor, List<Operand<T>> ofUses, List<Operand<T>> shares) {
    Operand<T> average = factor.value(tf);
    for (int i = 0; i < ofUses.size(); i++) {
      Operand<T> normalized =
          layer.factors().normalization().apply(tf, ofUses.get(i), layer.type());
      average = AverageDecay.update(tf, average, normalized, shares.get(i));
    }
    return average;
  }

  /** Adds this worker's part to the update of another one. */
  final List<Op> contribute(Ops tf, LayerBatch<T> batch) {
    return input.isAveraged || output.isAveraged
        ? batch.moments(tf).stream().<Op>map(SecondMoments::examples).toList()
        : List.of();
  }

  @Override
  public final List<RefreshWork<T>> refreshWork() {
    return List.copyOf(stacks());
  }

  /** Every averaged factor as a stack of its own. */
  final List<FactorStack<T, F>> stacks() {
    List<FactorStack<T, F>> stacks = new ArrayList<>();
    for (Side side : Side.values()) {
      FactorStack.Member<T, F> member = new FactorStack.Member<>(this, side);
      if (member.factor().isAveraged) {
        stacks.add(new FactorStack<>(List.of(member)));
      }
    }
    return stacks;
  }

  /** The approximation; blocks of equal ones refresh their factors in the same way. */
  abstract Approximation approximation();

  /** Multiplications of a refresh for each one of an inversion, about. */
  abstract double relativeCost();

  /** Builds the refresh of factors of blocks like this one. */
  abstract List<Op> refresh(Ops tf, FactorStack<T, F> stack, RefreshContext<T> context);

  /** The variables that the refresh of a factor writes. */
  abstract List<GraphVariable<? extends TNumber>> results(F factor);

  /** Restarts, after a refresh, what was estimated in the old basis. */
  List<Op> restart(Ops tf) {
    return List.of();
  }

  @Override
  public final Operand<T> product(Ops tf, Operand<T> change, StepScalars<T> step) {
    return QuadraticModel.product(
        tf,
        new QuadraticModel.Factor<>(input.structure, input.value(tf)),
        new QuadraticModel.Factor<>(output.structure, output.value(tf)),
        jointDamping(tf, step),
        change);
  }

  /** Coefficient λ of the identity in the damped Kronecker product. */
  abstract Operand<T> jointDamping(Ops tf, StepScalars<T> step);

  @Override
  public Map<Quantity, Operand<? extends TNumber>> diagnostics(Ops tf, StepScalars<T> step) {
    Map<Quantity, Operand<? extends TNumber>> found = new EnumMap<>(Quantity.class);
    for (FactorStack<T, F> stack : stacks()) {
      found.put(
          stack.members().get(0).side().of(Quantity.INPUT_LAMBDA_MAX, Quantity.OUTPUT_LAMBDA_MAX),
          FactorQuality.lambdaMax(tf, stack.structure(), stack.averages(tf)));
    }
    return found;
  }
}
