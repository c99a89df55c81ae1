package io.github.tfkfac;

import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.internal.capture.BackwardPass;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import io.github.tfkfac.internal.optimizer.AdaptedDamping;
import io.github.tfkfac.internal.optimizer.Curvature;
import io.github.tfkfac.internal.optimizer.Directions;
import io.github.tfkfac.internal.optimizer.ExampleMasks;
import io.github.tfkfac.internal.optimizer.Overrides;
import io.github.tfkfac.internal.optimizer.StageClock;
import io.github.tfkfac.internal.optimizer.TrainStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Kronecker-factored second-order training, to be used like any optimizer of TensorFlow-Java.
 *
 * <pre>{@code
 * Optimizer optimizer = new Kfac(graph, KfacOptions.nkfac().withLearningRate(0.05));
 * Op train = optimizer.minimize(loss);
 * session.initialize();
 * session.runner().feed(images, x).feed(labels, y).addTarget(train).run();
 * }</pre>
 *
 * <p>Layers are found in the graph; statistics and inverses are updated inside the one training
 * operation when they are due. Everything that no layer covers is trained by the same rule without
 * preconditioning.
 */
public final class Kfac extends TrainingOptimizer {

  private final KfacOptions options;
  private final Supplier<List<PredictiveDistribution<?>>> outputs;
  private final ExampleMasks masks;
  private WorkerLayout layout = WorkerLayout.COMMUNICATION;
  private @Nullable SeparateOps separateOps;
  private @Nullable LayerDiagnostics diagnostics;
  private @Nullable DampingAdaptation adaptation;
  private @Nullable StageTimes stageTimes;

  /** An optimizer for a graph; its state is named {@code kfac/...}. */
  public Kfac(Graph graph, KfacOptions options) {
    this(graph, options, List.of());
  }

  /**
   * An optimizer for a graph whose Fisher matrix takes targets from what the model predicts.
   *
   * @param outputs every output of the model that the loss looks at, with the distribution whose
   *     negative logarithm is the loss
   */
  public Kfac(Graph graph, KfacOptions options, List<? extends PredictiveDistribution<?>> outputs) {
    this(graph, options, () -> List.copyOf(outputs));
    requireOutputs(outputs);
  }

  /**
   * The same for a model that needs its optimizer first, as one with dropout by {@link #stepsDone}
   * does.
   *
   * @param outputs asked for by {@code minimize}
   */
  public Kfac(Graph graph, KfacOptions options, Supplier<List<PredictiveDistribution<?>>> outputs) {
    this(graph, options, outputs, new ExampleMasks(List.of()));
  }

  private Kfac(
      Graph graph,
      KfacOptions options,
      Supplier<List<PredictiveDistribution<?>>> outputs,
      ExampleMasks masks) {
    super(graph, "kfac", options.training());
    this.options = options;
    this.outputs = outputs;
    this.masks = masks;
  }

  /**
   * An optimizer for a graph in which some layers see padding besides examples; the layers that no
   * mask names see examples only.
   *
   * <p>{@code minimize} rejects a mask whose pattern matches no layer, two masks for one layer, a
   * Fisher matrix other than the empirical one, and different masks under one coarse level.
   */
  public static Kfac masked(Graph graph, KfacOptions options, List<ExampleMask> masks) {
    return new Kfac(graph, options, List::of, new ExampleMasks(masks));
  }

  private void requireOutputs(List<? extends PredictiveDistribution<?>> found) {
    Fisher fisher = options.factors().fisher();
    if (!(fisher instanceof Fisher.Empirical) && found.isEmpty()) {
      throw new IllegalArgumentException(
          "expected what the model predicts for "
              + fisher
              + ", found nothing; pass List.of(PredictiveDistribution.categorical(logits)) as third"
              + " argument, or use Fisher.empirical()");
    }
  }

  @Override
  public String getOptimizerName() {
    return "Kfac";
  }

  @Override
  public void acrossWorkers(Workers all) {
    acrossWorkers(all, WorkerLayout.COMMUNICATION);
  }

  /**
   * The same as {@link #acrossWorkers(Workers)} with a choice of where averages and inverses are
   * kept; the results are the same.
   *
   * <p>{@code minimize} rejects what does not go together with {@link WorkerLayout#MEMORY}.
   */
  public void acrossWorkers(Workers all, WorkerLayout where) {
    super.acrossWorkers(all);
    layout = where;
  }

  /** The layers that are preconditioned; known once {@code minimize} was called. */
  public List<LayerSite<?>> layers() {
    List<LayerSite<?>> sites = new ArrayList<>();
    step()
        .curvature()
        .ifPresent(
            curvature -> curvature.blocks().forEach(block -> sites.add(block.layer().site())));
    return sites;
  }

  /**
   * The parts of the training step as operations of their own, for loops that keep their own
   * periods and for measurements; built at the first call, after {@code minimize}.
   */
  public SeparateOps separateOps() {
    if (separateOps == null) {
      separateOps = SeparateOps.build(Ops.create(graph).withSubScope("kfac_separate"), step());
    }
    return separateOps;
  }

  /**
   * The factors by which the norm control scaled the layers' directions in the current step, in the
   * order of {@link #layers()}; all equal to ν for the KL clip. Fetch them with the training
   * operation.
   *
   * @throws IllegalStateException before {@code minimize}
   */
  public List<Operand<?>> lengthFactors() {
    return List.copyOf(used().lengthFactors());
  }

  /**
   * The coarse level's part of the update in the current step: its norm over that of all
   * preconditioned gradients, a scalar; empty without such a level.
   *
   * @throws IllegalStateException before {@code minimize}
   */
  public Optional<Operand<?>> coarseShare() {
    return used().coarseShare().map(share -> share);
  }

  /**
   * Measurements of every captured layer; built at the first call, after {@code minimize}, so that
   * other graphs do not grow.
   *
   * @throws IllegalStateException before {@code minimize}
   */
  public LayerDiagnostics diagnostics() {
    if (diagnostics == null) {
      used();
      diagnostics =
          LayerDiagnostics.build(Ops.create(graph).withSubScope("kfac_diagnostics"), step());
    }
    return diagnostics;
  }

  /**
   * Adapts the damping to a step, to be run by the loop after the steps at which it is due; empty
   * unless the options ask for it. Built at the first call, after {@code minimize}.
   *
   * @throws IllegalStateException before {@code minimize}
   */
  public Optional<DampingAdaptation> dampingAdaptation() {
    TrainStep<?> step = step();
    if (adaptation == null) {
      Ops tf = Ops.create(graph).withSubScope("kfac_damping");
      adaptation =
          step.curvature()
              .flatMap(Curvature::adapted)
              .map(adapted -> adapted.build(tf, step.stepsDone(tf)))
              .orElse(null);
    }
    return Optional.ofNullable(adaptation);
  }

  /**
   * Has the stages of every step timed, at the price of what TensorFlow would have overlapped; call
   * it before {@code minimize}.
   *
   * @throws IllegalStateException after {@code minimize}
   */
  public StageTimes timeStages() {
    requireNotBuilt();
    stageTimes = new StageTimes();
    return stageTimes;
  }

  /** The times of a step's stages, if they were asked for. */
  public Optional<StageTimes> stageTimes() {
    return Optional.ofNullable(stageTimes);
  }

  @Override
  void built() {
    if (stageTimes != null) {
      stageTimes.complete(Ops.create(graph).withSubScope("kfac_stages"));
    }
  }

  private Directions.Result<?> used() {
    return step()
        .used()
        .orElseThrow(() -> new IllegalStateException("call minimize on the Kfac optimizer first"));
  }

  @Override
  @SuppressWarnings("unchecked") // all trained variables have one type
  <T extends TNumber> TrainStep<T> prepare(
      Class<T> type, Ops tf, List<? extends Operand<?>> losses, TrainStep.Parts parts) {
    List<Trainable<T>> variables = parts.variables().trained(type);
    LayerScanner.Scan scan =
        LayerScanner.scan(
            parts.variables(),
            losses,
            Overrides.captured(options.layers()),
            options.layers().normalization());
    Overrides.requireMatches(options.layers(), scan.sites(), scan.report());
    masks.require(options, scan.sites(), scan.report());
    Overrides.requireCaptured(options.layers(), scan.report());
    Overrides.requireLayers(options.layers(), scan.sites(), scan.report());
    List<LayerSite<T>> sites = (List<LayerSite<T>>) (List<?>) scan.sites();
    return new TrainStep<>(
        tf,
        parts,
        variables,
        BackwardPass.build(graph, tf, losses, variables, sites),
        Optional.of(
            new Curvature<>(
                options,
                options
                    .adaptation()
                    .map(
                        rule ->
                            new AdaptedDamping(
                                rule, parts.store(), total(tf, losses), parts.workers())),
                stageTimes == null ? StageClock.NONE : stageTimes.clock(),
                parts.store(),
                parts.counters(),
                sites,
                masks,
                parts.workers(),
                layout,
                type)),
        typedOutputs(),
        scan.report());
  }

  @SuppressWarnings("unchecked") // a loss is a number
  private static Operand<TFloat64> total(Ops tf, List<? extends Operand<?>> losses) {
    List<Operand<TFloat64>> sums = new ArrayList<>();
    for (Operand<?> loss : losses) {
      Operand<TFloat64> values = tf.dtypes.cast((Operand<? extends TNumber>) loss, TFloat64.class);
      sums.add(tf.reduceSum(tf.reshape(values, tf.array(-1)), tf.constant(0)));
    }
    return tf.math.addN(sums);
  }

  @SuppressWarnings("unchecked") // the model's outputs have its variables' type
  private <T extends TNumber> List<PredictiveDistribution<T>> typedOutputs() {
    List<PredictiveDistribution<?>> found = outputs.get();
    requireOutputs(found);
    List<PredictiveDistribution<T>> typed = new ArrayList<>();
    found.forEach(output -> typed.add((PredictiveDistribution<T>) output));
    return typed;
  }
}
