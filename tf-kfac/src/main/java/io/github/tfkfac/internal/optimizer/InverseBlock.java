package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.Quantity;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.damping.DampedFactor;
import io.github.tfkfac.internal.diagnostics.FactorQuality;
import io.github.tfkfac.internal.linalg.CertifiedInverse;
import io.github.tfkfac.internal.linalg.NewtonInverse;
import io.github.tfkfac.internal.optimizer.KroneckerFactor.Estimation;
import io.github.tfkfac.internal.precondition.Side;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Block with the inverses of both damped factors, {@code V = (A + λ_A I)⁻¹ ∇ (G + λ_G I)⁻¹}
 * (Martens and Grosse 2015; weight and bias jointly). An inverse that is not finite is rejected and
 * the old one stays.
 */
public final class InverseBlock<T extends TNumber> extends KroneckerBlock<T, InverseFactor<T>> {

  private final Inverses approximation;

  public InverseBlock(CapturedLayer<T> layer, Inverses approximation) {
    super(
        layer, factor(layer, Side.INPUT, approximation), factor(layer, Side.OUTPUT, approximation));
    this.approximation = approximation;
  }

  private static <T extends TNumber> InverseFactor<T> factor(
      CapturedLayer<T> layer, Side side, Inverses approximation) {
    return new InverseFactor<>(
        layer,
        side,
        Estimation.AVERAGED,
        approximation.certification().isPresent(),
        approximation.precision());
  }

  @Override
  public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
    return output.precondition(tf, input.precondition(tf, gradient));
  }

  @Override
  Operand<T> jointDamping(Ops tf, StepScalars<T> step) {
    Damping damping = layer.damping();
    FactorPair<T> pair =
        damping.of(
            tf,
            new FactorPair<>(input.scale(tf), output.scale(tf)),
            DampingContext.at(tf, damping, step.stepsDone()),
            layer.type());
    return tf.math.mul(pair.input(), pair.output());
  }

  @Override
  Approximation approximation() {
    return approximation;
  }

  @Override
  double relativeCost() {
    return 1;
  }

  @Override
  List<GraphVariable<? extends TNumber>> results(InverseFactor<T> factor) {
    List<GraphVariable<? extends TNumber>> results = new ArrayList<>();
    factor.inverse.ifPresent(results::add);
    factor.repairs.ifPresent(results::add);
    return results;
  }

  @Override
  List<Op> refresh(Ops tf, FactorStack<T, InverseFactor<T>> stack, RefreshContext<T> context) {
    Operand<T> averages = stack.averages(tf);
    Operand<T> damping = stack.damping(tf, averages, context.step());
    Operand<T> damped = DampedFactor.of(tf, stack.structure(), averages, damping);
    if (stack.members().get(0).factor().isDiagonal()) {
      Operand<T> inverse = tf.math.reciprocal(damped);
      return replace(tf, stack, inverse, stack.read(tf, inverses(stack)), context);
    }
    return context.choose(
        tf,
        ops -> invert(ops, stack, damped, approximation.exactSolver(), context),
        ops -> invert(ops, stack, damped, approximation.iterativeSolver(), context));
  }

  private List<Op> invert(
      Ops tf,
      FactorStack<T, InverseFactor<T>> stack,
      Operand<T> damped,
      InverseSolver solver,
      RefreshContext<T> context) {
    Operand<T> old = stack.read(tf, inverses(stack));
    if (!(solver instanceof NewtonInverse newton)) {
      return replace(tf, stack, solver.inverse(tf, damped, old), old, context);
    }
    List<Op> effects = new ArrayList<>();
    Operand<T> refreshed;
    NewtonStep<T> result;
    if (approximation.certification().isPresent()) {
      CertifiedInverse.Result<T> certified =
          new CertifiedInverse(
                  newton,
                  approximation.certification().get(),
                  approximation.exactSolver(),
                  Gate::choose)
              .of(tf, damped, old);
      refreshed = certified.inverse();
      result = certified.newton();
      effects.addAll(countRepairs(tf, stack, certified));
    } else {
      result = newton.refine(tf, damped, old);
      refreshed = result.inverse();
    }
    Counters counters = context.counters();
    effects.add(
        Counters.add(
            tf, counters.fullNewtonSteps, Counters.countTrue(tf, List.of(result.fullStep()))));
    effects.add(Counters.add(tf, counters.newtonSteps, tf.size(result.fullStep(), TInt64.class)));
    effects.addAll(replace(tf, stack, refreshed, old, context));
    return effects;
  }

  /** A factor of several blocks counts every block. */
  private List<Op> countRepairs(
      Ops tf, FactorStack<T, InverseFactor<T>> stack, CertifiedInverse.Result<T> result) {
    int members = stack.members().size();
    Operand<TInt64> extended = perMember(tf, result.extended(), members);
    Operand<TInt64> exact = perMember(tf, result.exact(), members);
    List<Op> effects = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Operand<TInt32> row = tf.constant(i);
      Operand<TInt32> axis = tf.constant(0);
      effects.add(
          Counters.add(
              tf,
              stack.members().get(i).factor().repairs.orElseThrow(),
              tf.stack(List.of(tf.gather(extended, row, axis), tf.gather(exact, row, axis)))));
    }
    return effects;
  }

  private static Operand<TInt64> perMember(Ops tf, Operand<TBool> flags, int members) {
    Operand<TInt64> rows = tf.reshape(tf.dtypes.cast(flags, TInt64.class), tf.array(members, -1));
    return tf.reduceSum(rows, tf.constant(1));
  }

  private List<Op> replace(
      Ops tf,
      FactorStack<T, InverseFactor<T>> stack,
      Operand<T> refreshed,
      Operand<T> old,
      RefreshContext<T> context) {
    return context.replace(
        tf, refreshed, old, accepted -> stack.assign(tf, inverses(stack), accepted));
  }

  private List<GraphVariable<T>> inverses(FactorStack<T, InverseFactor<T>> stack) {
    return stack.variables(factor -> factor.inverse);
  }

  @Override
  public Map<Quantity, Operand<? extends TNumber>> diagnostics(Ops tf, StepScalars<T> step) {
    Map<Quantity, Operand<? extends TNumber>> found = super.diagnostics(tf, step);
    List<Operand<T>> conditions = new ArrayList<>();
    for (FactorStack<T, InverseFactor<T>> stack : stacks()) {
      InverseFactor<T> factor = stack.members().get(0).factor();
      Operand<T> average = stack.averages(tf);
      FactorQuality<T> quality =
          FactorQuality.of(
              tf,
              factor.structure,
              average,
              stack.damping(tf, average, step.stepsDone()),
              stack.read(tf, inverses(stack)));
      conditions.add(quality.condition());
      found.put(
          factor.side.of(Quantity.INPUT_CONDITION, Quantity.OUTPUT_CONDITION), quality.condition());
      found.put(
          factor.side.of(Quantity.INPUT_RESIDUAL, Quantity.OUTPUT_RESIDUAL), quality.residual());
      factor.repairs.ifPresent(
          repairs -> {
            Operand<TInt64> counts = repairs.read(tf);
            found.put(
                factor.side.of(
                    Quantity.INPUT_EXTENDED_REFRESHES, Quantity.OUTPUT_EXTENDED_REFRESHES),
                tf.gather(counts, tf.constant(0), tf.constant(0)));
            found.put(
                factor.side.of(Quantity.INPUT_EXACT_REPAIRS, Quantity.OUTPUT_EXACT_REPAIRS),
                tf.gather(counts, tf.constant(1), tf.constant(0)));
          });
    }
    Optional<Operand<T>> condition = conditions.stream().reduce((a, b) -> tf.math.mul(a, b));
    condition.ifPresent(value -> found.put(Quantity.CONDITION, value));
    return found;
  }
}
