package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.DampedFactor;
import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.linalg.CertifiedInverse;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.NewtonStep;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.schedule.Gate;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Replaces the inverses of a stack of factors by those of the damped averages; an inverse that is
 * not finite is rejected and the old one stays.
 */
record InverseUnit<T extends TNumber>(FactorStack<T> stack, Inverses approximation, Class<T> type)
    implements RefreshUnit<T> {

  @Override
  public double cost() {
    return stack.cost();
  }

  @Override
  public List<Op> refresh(Ops tf, Context<T> context) {
    Operand<T> averages = stack.averages(tf);
    Operand<T> damping =
        StackDamping.of(tf, stack, averages, approximation.damping(), context.step(), type);
    Operand<T> damped = DampedFactor.of(tf, stack.structure(), averages, damping);
    if (stack.structure() instanceof FactorStructure.Diagonal) {
      Operand<T> inverse = tf.math.reciprocal(damped);
      return accept(tf, inverse, stack.join(tf, old(tf)), context.counters());
    }
    return context
        .exactness()
        .choose(
            tf,
            ops -> invert(ops, damped, approximation.exactSolver(), context.counters()),
            ops -> invert(ops, damped, approximation.iterativeSolver(), context.counters()));
  }

  private List<Op> invert(Ops tf, Operand<T> damped, InverseSolver solver, Counters counters) {
    List<Op> effects = new ArrayList<>();
    Operand<T> old = stack.join(tf, old(tf));
    Operand<T> refreshed;
    if (solver instanceof NewtonInverse newton) {
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
        effects.addAll(countRepairs(tf, certified));
      } else {
        result = newton.refine(tf, damped, old);
        refreshed = result.inverse();
      }
      effects.add(
          Counters.add(
              tf, counters.fullNewtonSteps, Counters.countTrue(tf, List.of(result.fullStep()))));
      effects.add(Counters.add(tf, counters.newtonSteps, tf.size(result.fullStep(), TInt64.class)));
    } else {
      refreshed = solver.inverse(tf, damped, old);
    }
    effects.addAll(accept(tf, refreshed, old, counters));
    return effects;
  }

  /** A factor of several blocks counts every block. */
  private List<Op> countRepairs(Ops tf, CertifiedInverse.Result<T> result) {
    Operand<TInt64> extended = perMember(tf, result.extended());
    Operand<TInt64> exact = perMember(tf, result.exact());
    List<Op> effects = new ArrayList<>();
    for (int i = 0; i < stack.members().size(); i++) {
      GraphVariable<TInt64> repairs = stack.members().get(i).factor().repairs().orElseThrow();
      Operand<TInt32> row = tf.constant(i);
      Operand<TInt32> axis = tf.constant(0);
      effects.add(
          Counters.add(
              tf,
              repairs,
              tf.stack(List.of(tf.gather(extended, row, axis), tf.gather(exact, row, axis)))));
    }
    return effects;
  }

  private Operand<TInt64> perMember(Ops tf, Operand<TBool> flags) {
    Operand<TInt64> rows =
        tf.reshape(tf.dtypes.cast(flags, TInt64.class), tf.array(stack.members().size(), -1));
    return tf.reduceSum(rows, tf.constant(1));
  }

  private List<Op> accept(Ops tf, Operand<T> refreshed, Operand<T> old, Counters counters) {
    Accepted<T> accepted =
        stack.structure() instanceof FactorStructure.Diagonal
            ? Accepted.vector(tf, refreshed, old, counters)
            : Accepted.matrices(tf, refreshed, old, counters);
    return accepted.assign(value -> stack.assign(tf, inverses(), value));
  }

  private List<Operand<T>> old(Ops tf) {
    List<Operand<T>> values = new ArrayList<>();
    inverses().forEach(inverse -> values.add(inverse.read(tf)));
    return values;
  }

  private List<GraphVariable<T>> inverses() {
    return stack.members().stream().map(m -> m.factor().inverse().orElseThrow()).toList();
  }
}
