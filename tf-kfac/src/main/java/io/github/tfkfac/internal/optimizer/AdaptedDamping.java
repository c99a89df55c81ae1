package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LevenbergMarquardt;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.StateStore;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** The factor of all dampings, and what a step leaves for its adaptation. */
public final class AdaptedDamping {

  private static final long NONE = -1;

  private final LevenbergMarquardt rule;
  private final Operand<TFloat64> loss;
  private final Workers workers;
  private final GraphVariable<TFloat64> factor;
  private final GraphVariable<TFloat64> ratio;
  private final GraphVariable<TFloat64> lossBefore;
  private final GraphVariable<TFloat64> predicted;
  private final GraphVariable<TInt64> recordedStep;

  /** A schedule's value times the factor. */
  private record Adapted(Schedule base, GraphVariable<TFloat64> factor) implements Schedule {
    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
      return tf.math.mul(base.at(tf, step), factor.read(tf));
    }
  }

  /**
   * Creates the variables.
   *
   * @param loss h of the batch that is fed, a scalar; with several workers the mean of theirs
   *     counts
   */
  public AdaptedDamping(
      LevenbergMarquardt rule, StateStore store, Operand<TFloat64> loss, Workers workers) {
    this.rule = rule;
    this.loss = loss;
    this.workers = workers;
    this.factor = number(store, "factor", 1);
    this.ratio = number(store, "ratio", Double.NaN);
    this.lossBefore = number(store, "loss_before", 0);
    this.predicted = number(store, "predicted_change", 0);
    this.recordedStep =
        store.create(
            "damping/recorded_step", TInt64.class, Shape.scalar(), tf -> tf.constant(NONE));
  }

  private static GraphVariable<TFloat64> number(StateStore store, String name, double initial) {
    return store.create(
        "damping/" + name, TFloat64.class, Shape.scalar(), tf -> tf.constant(initial));
  }

  /** The options with dampings that follow the factor. */
  KfacOptions in(KfacOptions options) {
    return options.withDampings(
        damping -> damping.withStrength(new Adapted(damping.strength(), factor)));
  }

  /** A scalar: whether the step after this many others is one to which the damping is adapted. */
  Operand<TBool> due(Ops tf, Operand<TInt64> step) {
    return rule.period().due(tf, tf.math.add(step, tf.constant(1L)));
  }

  /**
   * Keeps the loss before a step and the change that the model predicts.
   *
   * @param predicate scalar: whether the step is due and will be taken
   * @param change builds {@code M(δ) − M(0)} behind that predicate
   */
  Op record(
      Ops tf,
      Operand<TInt64> step,
      Operand<TBool> predicate,
      Function<Ops, Operand<TFloat64>> change) {
    Operand<TFloat64> before = Gate.pass(tf, predicate, loss);
    Operand<TInt64> number = Gate.pass(tf, predicate, step);
    return Gate.when(
        tf,
        predicate,
        gated ->
            List.of(
                lossBefore.assign(gated, workers.mean(gated, before)),
                predicted.assign(gated, change.apply(gated)),
                recordedStep.assign(gated, gated.math.add(number, gated.constant(1L)))));
  }

  /**
   * Builds the adaptation.
   *
   * @param done scalar, the number of training steps done, whatever is fed for it elsewhere
   */
  public DampingAdaptation build(Ops tf, Operand<TInt64> done) {
    Operand<TBool> recorded = tf.math.equal(recordedStep.read(tf), done);
    Operand<TFloat64> after = Gate.pass(tf, recorded, loss);
    Op adapted = Gate.when(tf, recorded, gated -> adapt(gated, after));
    // With other workers every run exchanges something: see Workers.
    Op met =
        workers.isAlone() ? adapted : OrderedOps.group(tf, List.of(adapted, workers.sum(tf, done)));
    return new DampingAdaptation(rule.period(), met, factor.read(tf), ratio.read(tf));
  }

  private List<Op> adapt(Ops tf, Operand<TFloat64> ownLoss) {
    Operand<TFloat64> after = workers.mean(tf, ownLoss);
    Operand<TFloat64> found =
        LevenbergMarquardt.reductionRatio(tf, lossBefore.read(tf), after, predicted.read(tf));
    return List.of(
        ratio.assign(tf, found),
        factor.assign(tf, rule.next(tf, factor.read(tf), found)),
        recordedStep.assign(tf, tf.constant(NONE)));
  }
}
