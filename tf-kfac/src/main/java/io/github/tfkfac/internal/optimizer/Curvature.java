package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Stage;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.StepContext;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.precondition.QuadraticModel;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.StateStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The second-order part of a training step: statistics, refreshes, preconditioned directions. */
public final class Curvature<T extends TNumber> {

  private final FactorOptions factors;
  private final List<CurvatureBlock<T>> blocks;
  private final LayerKeepers keepers;
  private final Statistics<T> statistics;
  private final FactorRefresh<T> refresh;
  private final Directions<T> directions;
  private final Optional<AdaptedDamping> adapted;
  private final StageClock clock;
  private final Class<T> type;

  /**
   * Creates the variables.
   *
   * @param given the options as the user gave them
   * @param adapted changes the dampings, if they are adapted
   * @param clock is told of the stages
   * @param workers that share the refreshes
   * @param layout where the workers keep averages and inverses
   */
  public Curvature(
      KfacOptions given,
      Optional<AdaptedDamping> adapted,
      StageClock clock,
      StateStore store,
      Counters counters,
      List<LayerSite<T>> sites,
      ExampleMasks masks,
      Workers workers,
      WorkerLayout layout,
      Class<T> type) {
    KfacOptions options = adapted.map(factor -> factor.in(given)).orElse(given);
    this.adapted = adapted;
    this.clock = clock;
    this.type = type;
    this.factors = options.factors();
    this.blocks = new ArrayList<>();
    this.keepers =
        LayerKeepers.of(
            workers,
            layout,
            sites.stream().map(site -> entries(site, options.layers().limit())).toList());
    for (LayerSite<T> site : sites) {
      Approximation approximation = Overrides.approximation(site.name(), options);
      approximation.precision().requireSame(workers, site.name());
      keepers.require(approximation, site.name());
      blocks.add(
          approximation.create(
              new CapturedLayer<>(
                  site,
                  blocks.size(),
                  store,
                  options,
                  approximation.damping(),
                  keepers.of(blocks.size()),
                  masks)));
    }
    Optional<CoarseLevel<T>> coarse =
        blocks.isEmpty()
            ? Optional.empty()
            : options
                .coarse()
                .map(
                    correction ->
                        new CoarseLevel<>(correction, options, store, counters, layers(), type));
    this.statistics = new Statistics<>(factors, counters, blocks, coarse, keepers, type);
    this.refresh =
        new FactorRefresh<>(
            keepers,
            counters,
            RefreshPlan.of(blocks, options, coarse.map(CoarseLevel::work), keepers));
    this.directions = new Directions<>(options.normControl(), blocks, coarse, keepers, type);
  }

  /** Entries of both factors that are kept. */
  private static long entries(LayerSite<?> site, FactorLimit limit) {
    return limit.kept(site.inputStructure()).entries()
        + limit.kept(site.outputStructure()).entries();
  }

  FactorOptions factors() {
    return factors;
  }

  public List<CurvatureBlock<T>> blocks() {
    return blocks;
  }

  /** The batch of which this worker has a part. */
  Observed<T> shared(Observed<T> part) {
    return keepers.workers().isAlone() ? part : new SharedBatch<>(part, keepers, blocks, type);
  }

  List<CapturedLayer<T>> layers() {
    return blocks.stream().map(CurvatureBlock::layer).toList();
  }

  public Statistics<T> statistics() {
    return statistics;
  }

  public FactorRefresh<T> refresh() {
    return refresh;
  }

  StageClock clock() {
    return clock;
  }

  public Optional<AdaptedDamping> adapted() {
    return adapted;
  }

  /**
   * Keeps what the adaptation of the damping, which there must be, needs of a step when it is due.
   *
   * @param tf where to build; what moves a variable must come after the result
   * @param applicable a scalar: whether the step will be taken
   * @param next new values by variable
   * @param gradients by variable name
   * @return where to build what comes after
   */
  Ops recordPrediction(
      Ops tf,
      Operand<TInt64> step,
      Operand<TBool> applicable,
      Map<GraphVariable<T>, Operand<T>> next,
      Map<String, Operand<T>> gradients) {
    AdaptedDamping damping = adapted.orElseThrow();
    Operand<TBool> wanted = tf.math.logicalAnd(applicable, damping.due(tf, step));
    Map<String, Operand<T>> passed = new LinkedHashMap<>();
    gradients.forEach((name, value) -> passed.put(name, Gate.pass(tf, wanted, value)));
    Map<GraphVariable<T>, Operand<T>> reached = new LinkedHashMap<>();
    next.forEach(
        (variable, value) -> {
          if (gradients.containsKey(variable.name())) {
            reached.put(variable, Gate.pass(tf, wanted, value));
          }
        });
    Op recorded =
        damping.record(
            tf,
            step,
            wanted,
            gated -> {
              Map<String, Operand<T>> changes = new LinkedHashMap<>();
              reached.forEach(
                  (variable, value) ->
                      changes.put(variable.name(), gated.math.sub(value, variable.read(gated))));
              return predictedChange(gated, step, changes, passed);
            });
    return OrderedOps.after(tf, List.of(recorded));
  }

  /**
   * Change of the loss that the quadratic model predicts for a step: {@code ∇ᵀδ + ½δᵀ(F + λI)δ} of
   * the captured layers, and {@code ∇ᵀδ} of all other variables.
   *
   * @param changes δ by variable name
   * @param gradients ∇ by variable name
   */
  private Operand<TFloat64> predictedChange(
      Ops tf,
      Operand<TInt64> step,
      Map<String, Operand<T>> changes,
      Map<String, Operand<T>> gradients) {
    StepScalars<T> scalars = new StepScalars<>(tf, step, step, type);
    Map<String, Operand<T>> others = new LinkedHashMap<>(changes);
    List<Operand<T>> ofLayers = new ArrayList<>();
    for (CurvatureBlock<T> block : blocks) {
      LayerSite<T> site = block.layer().site();
      if (block.layer().isKeptHere()) {
        Operand<T> change = Directions.matrix(tf, site, name -> Directions.required(changes, name));
        Operand<T> gradient =
            Directions.matrix(tf, site, name -> Directions.required(gradients, name));
        ofLayers.add(
            QuadraticModel.change(tf, change, gradient, block.product(tf, change, scalars)));
      }
      others.remove(site.name());
      site.bias().map(GraphVariable::name).ifPresent(others::remove);
    }
    List<Operand<TFloat64>> parts = new ArrayList<>();
    Optional<Operand<TFloat64>> own =
        ofLayers.stream().reduce(tf.math::add).map(sum -> tf.dtypes.cast(sum, TFloat64.class));
    if (keepers.isDivided()) {
      parts.add(keepers.workers().sum(tf, own.orElseGet(() -> tf.constant(0.0))));
    } else {
      own.ifPresent(parts::add);
    }
    others.forEach(
        (name, change) -> {
          Operand<T> products = tf.math.mul(change, Directions.required(gradients, name));
          Operand<T> sum = tf.reduceSum(tf.reshape(products, tf.array(-1)), tf.constant(0));
          parts.add(tf.dtypes.cast(sum, TFloat64.class));
        });
    return tf.math.addN(parts);
  }

  /**
   * Statistics and refreshes, when they are due and the step is {@code usable}.
   *
   * @return where to build what comes after them
   */
  Ops advance(Ops tf, Operand<TInt64> step, Operand<TBool> usable, Observed<T> observed) {
    Ops seeing = clock.end(tf, Stage.FORWARD_BACKWARD, List.of(usable));
    Statistics<T>.Update estimates = statistics.at(seeing, step, usable, observed);
    Ops counted = after(tf, Stage.STATISTICS, estimates.beforeRefresh(seeing));
    Ops after = after(tf, Stage.REFRESH, refresh.whenDue(counted, step, usable, observed));
    return estimates
        .afterRefresh(after)
        .map(projected -> after(tf, Stage.SPECTRUM, projected))
        .orElse(after);
  }

  private Ops after(Ops tf, Stage stage, Op last) {
    return clock.end(OrderedOps.after(tf, List.of(last)), stage, List.of(last));
  }

  /**
   * The directions along which the captured variables move.
   *
   * @param tf where to build; reads of the inverses come after its control dependencies
   * @param gradients the variables' gradients by name
   * @param step values of schedules at the current step
   */
  Directions.Result<T> directions(
      Ops tf, Map<String, Operand<T>> gradients, StepContext context, StepScalars<T> step) {
    return directions.of(tf, gradients, context, step);
  }
}
