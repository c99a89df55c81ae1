package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.linalg.Eigendecomposition;
import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.linalg.Matrices;
import io.github.tfkfac.optimizer.FactorStack.Member;
import io.github.tfkfac.optimizer.LayerState.SpectrumState;
import io.github.tfkfac.precondition.EigenPreconditioner;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Replaces the eigenvectors and eigenvalues of a stack of factors by those of the averages; a
 * result that is not finite is rejected and the old one stays.
 */
record EigenbasisUnit<T extends TNumber>(FactorStack<T> stack, Class<T> type)
    implements RefreshUnit<T> {

  /** An eigendecomposition takes about nine times the work of an inverse. */
  private static final double COST = 9;

  @Override
  public double cost() {
    return COST * stack.cost();
  }

  @Override
  public List<Op> refresh(Ops tf, Context<T> context) {
    List<Op> effects = new ArrayList<>(decompose(tf, context.counters()));
    Ops after = OrderedOps.after(tf, effects);
    for (Member<T> member : stack.members()) {
      member.layer().spectrum().ifPresent(state -> effects.addAll(restart(after, member, state)));
    }
    return effects;
  }

  private List<Op> decompose(Ops tf, Counters counters) {
    Operand<T> averages = stack.averages(tf);
    List<GraphVariable<T>> eigenvalues = variables(FactorState::eigenvalues);
    Operand<T> oldValues = read(tf, eigenvalues);
    if (stack.structure() instanceof FactorStructure.Diagonal) {
      return Accepted.vector(tf, averages, oldValues, counters)
          .assign(value -> stack.assign(tf, eigenvalues, value));
    }
    Eigendecomposition<T> decomposition = Eigendecomposition.of(tf, averages);
    List<GraphVariable<T>> bases = variables(FactorState::basis);
    Operand<TBool> finite =
        tf.math.logicalAnd(
            tf.reduceAll(tf.math.isFinite(decomposition.basis()), tf.constant(new int[] {-2, -1})),
            tf.reduceAll(tf.math.isFinite(decomposition.values()), tf.constant(-1)));
    Operand<TBool> overValues =
        finite.shape().numDimensions() == 0 ? finite : tf.expandDims(finite, tf.constant(-1));
    List<Op> effects = new ArrayList<>();
    effects.addAll(
        stack.assign(
            tf,
            bases,
            FiniteGuard.keepFinite(
                tf, Matrices.overEntries(tf, finite), decomposition.basis(), read(tf, bases))));
    effects.addAll(
        stack.assign(
            tf,
            eigenvalues,
            FiniteGuard.keepFinite(tf, overValues, decomposition.values(), oldValues)));
    effects.add(
        Counters.add(tf, counters.rejectedInverses, Counters.countFalse(tf, List.of(finite))));
    return effects;
  }

  /** In a new basis the diagonal starts from the eigenvalues of the Kronecker product. */
  private List<Op> restart(Ops tf, Member<T> member, SpectrumState<T> state) {
    EigenPreconditioner<T> eigen =
        new EigenPreconditioner<>(
            member.layer().input().eigenSide(tf, type),
            member.layer().output().eigenSide(tf, type));
    return List.of(
        state.diagonal().assign(tf, eigen.spectrum(tf, state.diagonal().read(tf))),
        state.updates().assign(tf, tf.constant(0L)));
  }

  private Operand<T> read(Ops tf, List<GraphVariable<T>> variables) {
    List<Operand<T>> values = new ArrayList<>();
    variables.forEach(variable -> values.add(variable.read(tf)));
    return stack.join(tf, values);
  }

  private List<GraphVariable<T>> variables(
      Function<FactorState<T>, Optional<GraphVariable<T>>> which) {
    return stack.members().stream()
        .map(member -> which.apply(member.factor()).orElseThrow())
        .toList();
  }
}
