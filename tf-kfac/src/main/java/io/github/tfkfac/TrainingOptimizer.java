package io.github.tfkfac;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.internal.optimizer.Counters;
import io.github.tfkfac.internal.optimizer.LearningRate;
import io.github.tfkfac.internal.optimizer.TrainStep;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * An optimizer whose whole training step is one graph operation.
 *
 * <p>Compared with TensorFlow-Java's own optimizers: resource variables train as well as reference
 * variables; a graph without trainable variables is rejected; gradients that are not finite never
 * reach a variable (the step is skipped and counted); the learning rate is a schedule that can be
 * fed or rescaled while training; gradients may be clipped or accumulated over micro-batches; other
 * updates, such as normalization statistics, can be attached to the step.
 *
 * <p>A graph takes one such optimizer, and one call of {@code minimize} (or of {@code
 * computeGradients} and {@code applyGradients}).
 */
public abstract sealed class TrainingOptimizer extends Optimizer permits Kfac, FirstOrder {

  private final String name;
  private final TrainingOptions options;
  private final StateStore store;
  private final Counters counters;
  private final Operand<TInt64> stepsDone;
  private final LearningRate learningRate;
  private final List<Op> attached = new ArrayList<>();
  private final List<Function<Ops, ? extends List<? extends Op>>> attachedUpdates =
      new ArrayList<>();
  private Workers workers = Workers.alone();
  private @Nullable TrainStep<?> trainStep;
  private @Nullable Operand<TInt64> healthAfterStep;
  private @Nullable Operand<TInt64> healthNow;

  TrainingOptimizer(Graph graph, String name, TrainingOptions options) {
    super(graph, name);
    this.name = name;
    this.options = options;
    this.store = new StateStore(graph, name);
    this.counters = new Counters(store);
    Ops ops = Ops.create(graph).withSubScope(name + "_learning_rate");
    this.stepsDone = counters.step.read(ops);
    this.learningRate = new LearningRate(ops, store, options.learningRate(), stepsDone);
  }

  /** Adds the backward pass and the optimizer's state to the graph. */
  abstract <T extends TNumber> TrainStep<T> prepare(
      Class<T> type, Ops tf, List<? extends Operand<?>> losses, TrainStep.Parts parts);

  /** Called when the training step was built. */
  void built() {}

  /**
   * Builds the training step for a loss.
   *
   * @param loss the loss; K-FAC's constants assume a mean over the batch
   * @param name name of the returned operation
   * @return the one operation to run for a training step
   * @throws IllegalStateException if the loss trains no variable, if variables of different types
   *     are to be trained, or if a step was built before
   */
  @Override
  public Op minimize(Operand<?> loss, String name) {
    return finished(prepared(List.of(loss)).build(attachedUpdates, attached, name));
  }

  /**
   * Builds the training step for the sum of several losses; see {@link #minimize(Operand, String)}.
   */
  public Op minimize(List<? extends Operand<?>> losses) {
    return minimize(losses, getOptimizerName() + "-minimize");
  }

  /**
   * Builds the training step for the sum of several losses; see {@link #minimize(Operand, String)}.
   */
  public Op minimize(List<? extends Operand<?>> losses, String name) {
    return finished(prepared(losses).build(attachedUpdates, attached, name));
  }

  /**
   * The gradients of everything that the loss trains, to be passed to {@link #applyGradients},
   * perhaps changed.
   *
   * <p>The variable of a pair is the reference, or the handle of a resource variable. The curvature
   * stays that of this loss, whatever becomes of its gradients.
   */
  @Override
  public <T extends TType> List<GradAndVar<?>> computeGradients(Operand<?> loss) {
    return prepared(List.of(loss)).gradientPairs();
  }

  private TrainStep<?> prepared(List<? extends Operand<?>> losses) {
    if (losses.isEmpty()) {
      throw new IllegalArgumentException("expected at least one loss to minimize, found none");
    }
    if (trainStep != null) {
      throw new IllegalStateException(
          "minimize was called before on this "
              + getOptimizerName()
              + " optimizer; a graph takes one training step (add several losses up with minimize(List))");
    }
    TrainableVariables variables =
        TrainableVariables.find(graph, losses, options.variables(), store.variables());
    Ops ops = Ops.create(graph).withSubScope(name + "_step");
    TrainStep.Parts parts =
        new TrainStep.Parts(
            graph, options, store, counters, learningRate.value(), variables, workers);
    Class<? extends TNumber> type = variables.trained().get(0).variable().type();
    TrainStep<?> step = prepare(type, ops, losses, parts);
    trainStep = step;
    return step;
  }

  /**
   * Builds the training step from the gradients of {@link #computeGradients}, which may have been
   * changed.
   *
   * @throws IllegalArgumentException if a trained variable has no gradient in the list or an
   *     unknown one has
   */
  @Override
  public Op applyGradients(List<GradAndVar<? extends TType>> gradsAndVars, String name) {
    TrainStep<?> step = step();
    if (healthAfterStep != null) {
      throw new IllegalStateException(
          "the training step of this " + getOptimizerName() + " optimizer was built before");
    }
    return finished(step.build(gradsAndVars, attachedUpdates, attached, name));
  }

  private Op finished(Op train) {
    Ops ops = Ops.create(graph).withSubScope(name + "_health");
    healthAfterStep = counters.read(OrderedOps.after(ops, List.of(train)));
    healthNow = counters.read(ops);
    built();
    return train;
  }

  /**
   * Trains together with other workers, each of which has an equal part of every batch; call it
   * before {@code minimize}.
   *
   * <p>A step is that of one process with the whole batch, for a loss that is a mean over examples:
   * gradients are averaged and second moments summed over the workers before anything else is made
   * of them, and each refresh is done by one worker for all. All workers run the training operation
   * equally often, skip the same steps and keep the same values, bit for bit. A normalization takes
   * the statistics of the worker's own part; the floating-point variables that attached updates
   * assign, such as its moving averages, are set to their means over the workers.
   *
   * <p>{@code minimize} rejects a curvature block that asks for a batch's flows.
   */
  public void acrossWorkers(Workers all) {
    requireNotBuilt();
    workers = all;
  }

  /**
   * Runs other operations as part of every training step; call it before {@code minimize}.
   *
   * <p>They run before any variable changes, and also when the step is skipped; see {@link
   * #attachUpdates} for updates that must not see such a step.
   */
  public void attach(Op... updates) {
    requireNotBuilt();
    attached.addAll(List.of(updates));
  }

  /**
   * Attaches updates, such as those of normalization statistics, that run only in steps whose
   * gradients are finite; call it before {@code minimize}.
   *
   * @param updates builds the updates with the {@code Ops} it is given and returns them
   */
  public void attachUpdates(Function<Ops, ? extends List<? extends Op>> updates) {
    requireNotBuilt();
    attachedUpdates.add(updates);
  }

  /** Number of runs of the training operation that make one training step. */
  public int microBatches() {
    return options.accumulation();
  }

  /**
   * The number of training steps before the current one, a scalar; keys random numbers that are to
   * be the same when a run is resumed, such as those of dropout.
   *
   * <p>Its value is defined in what the training step depends on, and in runs without a step.
   */
  public Operand<TInt64> stepsDone() {
    return stepsDone;
  }

  /**
   * {@link #stepsDone} as the key of random numbers for a part of the batch: another number on
   * every worker.
   */
  public Operand<TInt64> randomKey() {
    return workers.index() == 0
        ? stepsDone
        : Ops.create(graph)
            .withSubScope(name + "_key")
            .math
            .add(stepsDone, Ops.create(graph).constant(workers.index() * TrainStep.WORKER_STRIDE));
  }

  /**
   * The learning rate of the current step; fetch it to see it, feed it to override the schedule for
   * one step.
   */
  public Operand<TFloat64> learningRate() {
    return learningRate.value();
  }

  /**
   * Multiplies the schedule by a factor from now on (1 at the start); the factor is part of
   * checkpoints.
   *
   * @throws IllegalArgumentException unless the factor is positive and finite
   */
  public void scaleLearningRate(Session session, double factor) {
    learningRate.scale(session, factor);
  }

  /** Treatment of every variable, with the reason; known once {@code minimize} was called. */
  public ScanReport scanReport() {
    return step().report();
  }

  /**
   * The counters as they are after the training step; fetch it together with the training
   * operation.
   */
  public Operand<TInt64> healthAfterStep() {
    if (healthAfterStep == null) {
      throw notBuilt();
    }
    return healthAfterStep;
  }

  /** The counters as they are now. */
  public TrainingHealth health(Session session) {
    if (healthNow == null) {
      throw notBuilt();
    }
    try (Result result = session.runner().fetch(healthNow).run()) {
      return TrainingHealth.of((TInt64) result.get(0));
    }
  }

  /** Every variable that the optimizer keeps besides the model's, in the order of creation. */
  public List<GraphVariable<?>> stateVariables() {
    return store.variables();
  }

  final TrainStep<?> step() {
    if (trainStep == null) {
      throw notBuilt();
    }
    return trainStep;
  }

  final StateStore store() {
    return store;
  }

  final Counters counters() {
    return counters;
  }

  final void requireNotBuilt() {
    if (trainStep != null) {
      throw new IllegalStateException(
          "updates must be attached, stages timed, and workers set, before minimize is called on the "
              + getOptimizerName()
              + " optimizer");
    }
  }

  private IllegalStateException notBuilt() {
    return new IllegalStateException(
        "call minimize on the " + getOptimizerName() + " optimizer first");
  }

  @Override
  protected final <T extends TType> Op applyDense(
      Ops opDependencies, Output<T> gradient, Output<T> variable) {
    throw new IllegalStateException("training steps are built as a whole by applyGradients");
  }
}
