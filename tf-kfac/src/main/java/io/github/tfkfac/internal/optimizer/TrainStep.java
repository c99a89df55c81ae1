package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Positions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.Stage;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.StepContext;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.capture.BackwardPass;
import io.github.tfkfac.internal.factor.LayerMoments;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.StateStore;
import io.github.tfkfac.internal.worker.SharedUpdates;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * Puts one training step together: statistics, refreshes, directions, update, in this order.
 *
 * <p>A step whose gradients are not finite changes nothing but counters; one whose new values or
 * slots overflow moves no variable. Everything that changes state runs here and is ordered here;
 * what it calls are pure functions.
 */
public final class TrainStep<T extends TNumber> {

  /** Parts that the optimizer's facade hands over. */
  public record Parts(
      Graph graph,
      TrainingOptions options,
      StateStore store,
      Counters counters,
      Operand<TFloat64> learningRate,
      TrainableVariables variables,
      Workers workers) {}

  /** Makes the random numbers of workers differ; odd, and no other one's multiple. */
  public static final long WORKER_STRIDE = 0xD1B54A32D192ED03L;

  private final Ops tf;
  private final Parts parts;
  private final List<Trainable<T>> variables;
  private final Class<T> type;
  private final BackwardPass<T> pass;
  private final Optional<Curvature<T>> curvature;
  private final List<PredictiveDistribution<T>> outputs;
  private final ScanReport report;
  private final VariableUpdates<T> updates;
  private Optional<Directions.Result<T>> used = Optional.empty();

  public TrainStep(
      Ops tf,
      Parts parts,
      List<Trainable<T>> variables,
      BackwardPass<T> pass,
      Optional<Curvature<T>> curvature,
      List<PredictiveDistribution<T>> outputs,
      ScanReport report) {
    this.tf = tf;
    this.parts = parts;
    this.variables = List.copyOf(variables);
    this.type = variables.get(0).variable().type();
    this.pass = pass;
    this.curvature = curvature;
    this.outputs = List.copyOf(outputs);
    this.report = report;
    this.updates =
        new VariableUpdates<>(
            parts.options(),
            parts.store(),
            variables.stream().map(Trainable::variable).toList(),
            type);
  }

  public ScanReport report() {
    return report;
  }

  public Optional<Curvature<T>> curvature() {
    return curvature;
  }

  /** Statistics of the layers on the batch. */
  public Observed<T> observed(Operand<TInt64> step) {
    return shared(new ObservedBatch<>(source(step), means(tf, gradients())));
  }

  private Observed<T> shared(Observed<T> part) {
    return curvature.map(all -> all.shared(part)).orElse(part);
  }

  /** Targets are drawn from a stream of random numbers per worker. */
  private Fisher fisher(Fisher given) {
    long offset = parts.workers().index() * WORKER_STRIDE;
    return given instanceof Fisher.Sampled sampled && offset != 0
        ? Fisher.sampled(sampled.seed() + offset)
        : given;
  }

  /** The means over all workers, from the last variable's, which is there first, to the first's. */
  private Map<String, Operand<T>> means(Ops tf, Map<String, Operand<T>> gradients) {
    if (parts.workers().isAlone()) {
      return gradients;
    }
    List<String> backward = new ArrayList<>(gradients.keySet());
    Collections.reverse(backward);
    List<Operand<T>> means =
        parts
            .workers()
            .means(
                tf, backward.stream().map(name -> Directions.required(gradients, name)).toList());
    Map<String, Operand<T>> byName = new LinkedHashMap<>();
    for (int i = backward.size() - 1; i >= 0; i--) {
      byName.put(backward.get(i), means.get(i));
    }
    return byName;
  }

  private ObservedBatch.Source<T> source(Operand<TInt64> step) {
    return new ObservedBatch.Source<>(
        parts.graph(),
        curvature.map(c -> fisher(c.factors().fisher())).orElse(Fisher.empirical()),
        curvature.map(c -> c.factors().positions()).orElse(Positions.expand()),
        curvature.map(c -> c.factors().uses()).orElse(SharedUses.POOLED),
        outputs,
        step,
        pass.taps(),
        pass.taps().stream().map(tap -> LayerMoments.of(tap.site())).toList());
  }

  private Map<String, Operand<T>> gradients() {
    Map<String, Operand<T>> gradients = new LinkedHashMap<>();
    for (int i = 0; i < variables.size(); i++) {
      gradients.put(variables.get(i).name(), pass.gradients().get(i));
    }
    return gradients;
  }

  /** The directions of the current step, once it was built. */
  public Optional<Directions.Result<T>> used() {
    return used;
  }

  /** The number of steps done before the current one. */
  public Operand<TInt64> stepsDone(Ops ops) {
    return parts.counters().step.read(ops);
  }

  /** The loss's gradients with their variables, as TensorFlow-Java passes them around. */
  public List<GradAndVar<?>> gradientPairs() {
    List<GradAndVar<?>> pairs = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      @SuppressWarnings("unchecked") // a resource's handle stands for the variable
      Output<T> output = (Output<T>) variables.get(i).variable().output();
      pairs.add(new GradAndVar<>(pass.gradients().get(i).asOutput(), output));
    }
    return pairs;
  }

  /** Builds the step from the loss's gradients and returns the operation to run. */
  public Op build(
      List<Function<Ops, ? extends List<? extends Op>>> attachedUpdates,
      List<Op> attached,
      String name) {
    return build(gradients(), attachedUpdates, attached, name);
  }

  /** Builds the step from (perhaps changed) gradients and returns the operation to run. */
  public Op build(
      List<GradAndVar<? extends TType>> pairs,
      List<Function<Ops, ? extends List<? extends Op>>> attachedUpdates,
      List<Op> attached,
      String name) {
    return build(byName(pairs), attachedUpdates, attached, name);
  }

  private Op build(
      Map<String, Operand<T>> gradients,
      List<Function<Ops, ? extends List<? extends Op>>> attachedUpdates,
      List<Op> attached,
      String name) {
    Operand<TInt64> step = parts.counters().step.read(tf);
    List<Op> before = new ArrayList<>(attached);
    before.addAll(SharedUpdates.means(tf, parts.workers(), attached));
    if (!before.isEmpty()) {
      Ops after = OrderedOps.after(tf, before);
      gradients.replaceAll((variable, gradient) -> after.identity(gradient));
    }
    ObservedBatch.Source<T> source = source(step);
    Op done;
    if (parts.options().accumulation() == 1) {
      done =
          wholeStep(
              tf,
              step,
              gradients,
              clipped -> new ObservedBatch<>(source, clipped),
              attachedUpdates);
    } else {
      Accumulation<T> accumulation =
          new Accumulation<>(
              parts.store(),
              parts.options().accumulation(),
              variables.stream().map(Trainable::variable).toList(),
              curvature.map(Curvature::layers).orElse(List.of()),
              parts.workers(),
              type);
      Operand<TBool> statisticsDue =
          curvature.map(c -> c.statistics().due(tf, step)).orElse(tf.constant(false));
      done =
          accumulation.build(
              tf,
              gradients,
              new ObservedBatch<>(source, gradients),
              statisticsDue,
              (ops, mean, gathered) -> wholeStep(ops, step, mean, gathered, attachedUpdates));
    }
    before.add(done);
    return OrderedOps.group(Ops.create(parts.graph()).withName(name), before);
  }

  private Op wholeStep(
      Ops tf,
      Operand<TInt64> step,
      Map<String, Operand<T>> ownGradients,
      Function<Map<String, Operand<T>>, Observed<T>> part,
      List<Function<Ops, ? extends List<? extends Op>>> attachedUpdates) {
    Map<String, Operand<T>> gradients = means(tf, ownGradients);
    Operand<TBool> finite = FiniteGuard.allFinite(tf, gradients.values());
    Map<String, Operand<T>> clipped = parts.options().clipping().clip(tf, gradients, type);
    Map<String, Operand<T>> directions = new LinkedHashMap<>(clipped);
    StageClock clock = curvature.map(Curvature::clock).orElse(StageClock.NONE);
    Ops refreshed =
        curvature
            .map(second -> second.advance(tf, step, finite, shared(part.apply(clipped))))
            .orElse(tf);
    Counters counters = parts.counters();
    StepScalars<T> scalars =
        new StepScalars<>(refreshed, step, counters.appliedUpdates.read(refreshed), type);
    if (curvature.isPresent()) {
      Directions.Result<T> result =
          curvature
              .get()
              .directions(refreshed, clipped, new StepContext(parts.learningRate(), step), scalars);
      directions.putAll(result.byVariable());
      used = Optional.of(result);
      refreshed = clock.end(refreshed, Stage.DIRECTIONS, List.copyOf(result.byVariable().values()));
    }
    Map<GraphVariable<T>, Operand<T>> next =
        updates.next(refreshed, directions, parts.learningRate(), scalars);
    Operand<TBool> applicable =
        tf.math.logicalAnd(finite, FiniteGuard.allFinite(tf, next.values()));
    Ops before = refreshed;
    if (curvature.flatMap(Curvature::adapted).isPresent()) {
      before = curvature.get().recordPrediction(refreshed, step, applicable, next, gradients);
    }
    Op applied =
        Gate.when(
            before,
            applicable,
            gated -> {
              List<Op> effects = new ArrayList<>();
              next.forEach((variable, value) -> effects.add(variable.assign(gated, value)));
              List<Op> updated = new ArrayList<>();
              attachedUpdates.forEach(update -> updated.addAll(update.apply(gated)));
              effects.addAll(updated);
              effects.addAll(SharedUpdates.means(gated, parts.workers(), updated));
              effects.add(
                  Counters.increment(OrderedOps.after(gated, effects), counters.appliedUpdates));
              return effects;
            });
    Op skipped =
        Gate.when(
            refreshed,
            tf.math.logicalNot(applicable),
            gated -> List.of(Counters.increment(gated, counters.skippedSteps)));
    List<Op> last = List.of(applied, skipped);
    return Counters.increment(
        clock.end(OrderedOps.after(tf, last), Stage.UPDATE, last), counters.step);
  }

  private Map<String, Operand<T>> byName(List<GradAndVar<? extends TType>> pairs) {
    Map<Operation, Operand<?>> given = new LinkedHashMap<>();
    for (GradAndVar<? extends TType> pair : pairs) {
      Operation variable = pair.getVariable().op();
      if (given.put(variable, pair.getGradient()) != null) {
        throw new IllegalArgumentException(
            "expected one gradient for '%s', found two; add them up".formatted(variable.name()));
      }
    }
    Map<String, Operand<T>> gradients = new LinkedHashMap<>();
    for (Trainable<T> trainable : variables) {
      GraphVariable<T> variable = trainable.variable();
      Operand<?> gradient = given.remove(variable.operation());
      if (gradient == null) {
        throw new IllegalArgumentException(
            "expected a gradient for every trained variable, found none for '"
                + variable.name()
                + "'; exclude variables with a variable filter instead");
      }
      if (!gradient.type().equals(type) || !gradient.shape().isCompatibleWith(variable.shape())) {
        throw new IllegalArgumentException(
            "expected a gradient %s %s for '%s', found %s %s; cast or reshape it before it is applied"
                .formatted(
                    type.getSimpleName(),
                    variable.shape(),
                    variable.name(),
                    gradient.type().getSimpleName(),
                    gradient.shape()));
      }
      @SuppressWarnings("unchecked") // the type was just compared
      Operand<T> typed = (Operand<T>) gradient;
      gradients.put(variable.name(), typed);
    }
    if (!given.isEmpty()) {
      throw new IllegalArgumentException(
          "expected the variables of computeGradients, found also '"
              + given.keySet().iterator().next().name()
              + "'");
    }
    return gradients;
  }
}
