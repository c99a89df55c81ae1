package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;

/** The integers that an optimizer keeps: steps done, work done, and values rejected. */
public final class Counters {

  public final GraphVariable<TInt64> step;
  final GraphVariable<TInt64> appliedUpdates;
  final GraphVariable<TInt64> skippedSteps;
  final GraphVariable<TInt64> rejectedStatistics;
  public final GraphVariable<TInt64> rejectedInverses;
  final GraphVariable<TInt64> statisticsUpdates;
  final GraphVariable<TInt64> exactRefreshes;
  final GraphVariable<TInt64> iterativeRefreshes;
  final GraphVariable<TInt64> newtonSteps;
  final GraphVariable<TInt64> fullNewtonSteps;

  public Counters(StateStore store) {
    step = counter(store, "step");
    appliedUpdates = counter(store, "applied_updates");
    skippedSteps = counter(store, "skipped_steps");
    rejectedStatistics = counter(store, "rejected_statistics");
    rejectedInverses = counter(store, "rejected_inverses");
    statisticsUpdates = counter(store, "statistics_updates");
    exactRefreshes = counter(store, "exact_refreshes");
    iterativeRefreshes = counter(store, "iterative_refreshes");
    newtonSteps = counter(store, "newton_steps");
    fullNewtonSteps = counter(store, "full_newton_steps");
  }

  /** All counters as one vector, in the order of {@link TrainingHealth}'s components. */
  public Operand<TInt64> read(Ops tf) {
    List<Operand<TInt64>> values = new ArrayList<>();
    for (GraphVariable<TInt64> counter :
        List.of(
            step,
            appliedUpdates,
            skippedSteps,
            rejectedStatistics,
            rejectedInverses,
            statisticsUpdates,
            exactRefreshes,
            iterativeRefreshes,
            newtonSteps,
            fullNewtonSteps)) {
      values.add(counter.read(tf));
    }
    return tf.stack(values);
  }

  /** What owners of refreshes count, as one vector. */
  Operand<TInt64> ofRefreshes(Ops tf) {
    return tf.stack(ofRefreshes().stream().map(counter -> counter.read(tf)).toList());
  }

  /** Replaces what owners of refreshes count. */
  List<Op> assignOfRefreshes(Ops tf, Operand<TInt64> values) {
    List<Op> assignments = new ArrayList<>();
    int next = 0;
    for (Operand<TInt64> value : tf.unstack(values, (long) ofRefreshes().size())) {
      assignments.add(ofRefreshes().get(next++).assign(tf, value));
    }
    return assignments;
  }

  private List<GraphVariable<TInt64>> ofRefreshes() {
    return List.of(rejectedInverses, newtonSteps, fullNewtonSteps);
  }

  static Op increment(Ops tf, GraphVariable<TInt64> counter) {
    return add(tf, counter, tf.constant(1L));
  }

  public static Op add(Ops tf, GraphVariable<TInt64> counter, Operand<TInt64> amount) {
    return tf.assignAddVariableOp(counter.output(), amount);
  }

  /** Number of the flags (of any shape) that are true. */
  public static Operand<TInt64> countTrue(Ops tf, List<Operand<TBool>> flags) {
    List<Operand<TInt64>> sums = new ArrayList<>();
    for (Operand<TBool> flag : flags) {
      Operand<TInt64> ones =
          tf.reshape(tf.dtypes.cast(flag, TInt64.class), tf.constant(new int[] {-1}));
      sums.add(tf.reduceSum(ones, tf.constant(0)));
    }
    return sums.isEmpty() ? tf.constant(0L) : tf.math.addN(sums);
  }

  /** Number of the flags that are false. */
  public static Operand<TInt64> countFalse(Ops tf, List<Operand<TBool>> flags) {
    return countTrue(tf, flags.stream().map(f -> negate(tf, f)).toList());
  }

  private static Operand<TBool> negate(Ops tf, Operand<TBool> flag) {
    return tf.math.logicalNot(flag);
  }

  private static GraphVariable<TInt64> counter(StateStore store, String name) {
    return store.create(name, TInt64.class, Shape.scalar(), tf -> tf.constant(0L));
  }
}
