package io.github.tfkfac.tools.run;

import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.GradientClipping;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.ParameterGroups;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.tools.error.UserError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An optimizer with its hyper-parameters, as plain values that can be recorded.
 *
 * @param name one of {@link #names()}
 * @param learningRate peak learning rate
 * @param weightDecay weight decay
 * @param decayKernelsOnly whether biases and normalization parameters are excluded from weight
 *     decay
 * @param momentum heavy-ball or Nesterov's momentum (not for the Adam family)
 * @param schedule cosine, constant or step
 * @param lastFactor the cosine schedule's end as a part of the learning rate; the step schedule's
 *     factor
 * @param warmUpSteps steps of linear warm-up, 0 for none
 * @param clipNorm bound of the gradients' joint norm, 0 for none
 * @param accumulation micro-batches per step
 * @param curvature what only the second-order optimizers use
 */
public record OptimizerSettings(
    String name,
    double learningRate,
    double weightDecay,
    boolean decayKernelsOnly,
    double momentum,
    String schedule,
    double lastFactor,
    long warmUpSteps,
    double clipNorm,
    int accumulation,
    CurvatureSettings curvature) {

  static final List<String> OPTIONS =
      Stream.concat(
              Stream.of(
                  "optimizer",
                  "lr",
                  "weight-decay",
                  "decay-kernels-only",
                  "momentum",
                  "schedule",
                  "last-factor",
                  "warmup-steps",
                  "clip-norm",
                  "accumulation"),
              CurvatureSettings.OPTIONS.stream())
          .toList();

  private static final double MOMENTUM = 0.9;

  public OptimizerSettings {
    OptimizerPreset.named(name);
    if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
      throw new IllegalArgumentException("expected a learning rate > 0, found " + learningRate);
    }
    if (!(weightDecay >= 0) || !Double.isFinite(weightDecay)) {
      throw new IllegalArgumentException("expected a weight decay >= 0, found " + weightDecay);
    }
    RateSchedule.requireKnown(schedule, lastFactor, warmUpSteps);
  }

  /** The names of all options, without dashes. */
  public static List<String> optionNames() {
    return OPTIONS;
  }

  /** The known optimizers. */
  public static List<String> names() {
    return OptimizerPreset.names();
  }

  /**
   * An optimizer with its hyper-parameters for CIFAR (see {@link OptimizerPreset}), cosine
   * schedule.
   */
  public static OptimizerSettings defaults(String name) {
    OptimizerPreset preset = OptimizerPreset.named(name);
    return new OptimizerSettings(
        name,
        preset.learningRate(),
        preset.weightDecay(),
        false,
        MOMENTUM,
        RateSchedule.USUAL,
        RateSchedule.COSINE_END,
        0,
        0,
        1,
        curvature(preset, new OptionValues(Map.of())));
  }

  /**
   * The same for a network that was trained before: with a smaller learning rate, ten times that
   * for one with a new head, which begins with random values.
   */
  static OptimizerSettings fineTuning(String name, boolean newHead) {
    double rate = OptimizerPreset.named(name).fineTuningRate(newHead);
    return defaults(name).with(new OptionValues(Map.of("lr", Double.toString(rate))));
  }

  /**
   * An optimizer from option values by name; options that are none of an optimizer's are ignored.
   *
   * @throws UserError if the optimizer does not use one of its options
   */
  public static OptimizerSettings of(Map<String, String> given) {
    OptimizerSettings settings =
        defaults(given.getOrDefault("optimizer", names().get(0))).with(new OptionValues(given));
    settings.requireUses(given.keySet());
    return settings;
  }

  private static CurvatureSettings curvature(OptimizerPreset preset, OptionValues changes) {
    return preset
        .kfac()
        .map(options -> CurvatureSettings.of(options, changes))
        .orElseGet(CurvatureSettings::none);
  }

  /** The same with what the options say. */
  OptimizerSettings with(OptionValues options) {
    return new OptimizerSettings(
        name,
        options.number("lr", learningRate),
        options.number("weight-decay", weightDecay),
        options.flag("decay-kernels-only", decayKernelsOnly),
        options.number("momentum", momentum),
        options.text("schedule", schedule),
        options.number("last-factor", lastFactor),
        options.whole("warmup-steps", warmUpSteps),
        options.number("clip-norm", clipNorm),
        options.count("accumulation", accumulation),
        curvature(preset(), new OptionValues(curvature.values()).with(options)));
  }

  /** The same with other periods of statistics and inverses, where applicable. */
  public OptimizerSettings withPeriods(long statisticsPeriod, long inversePeriod) {
    return with(
        new OptionValues(
            Map.of(
                "stat-period", Long.toString(statisticsPeriod),
                "inverse-period", Long.toString(inversePeriod))));
  }

  /** The same with {@code auto} resolved to a solver. */
  OptimizerSettings measured() {
    return MeasuredSolver.AUTO.equals(curvature.values().get(MeasuredSolver.OPTION))
        ? with(new OptionValues(Map.of(MeasuredSolver.OPTION, MeasuredSolver.choice())))
        : this;
  }

  /**
   * Rejects hyper-parameters that the optimizer does not accept, before a graph is built.
   *
   * @throws IllegalArgumentException naming the first that is out of its range
   */
  void requireUsable() {
    training(1);
    kfac(1);
  }

  /**
   * Rejects options that the optimizer would not use, of its own or because of another one.
   *
   * @throws UserError naming the first
   */
  public void requireUses(Collection<String> options) {
    for (String option : options) {
      if (OPTIONS.contains(option) && !values().containsKey(option)) {
        throw new UserError(
            curvature
                .conflict(option, options)
                .orElse("the optimizer " + name + " has no --" + option + "; leave it out"));
      }
    }
  }

  /** Whether only the network tells if the optimizer can train it as it is told to. */
  boolean dependsOnNetwork() {
    return kfac(1)
        .filter(
            options -> {
              LayerOptions layers = options.layers();
              return !(options.factors().fisher() instanceof Fisher.Empirical)
                  || layers.normalization() == NormalizationParameters.UNITWISE
                  || !(layers.limit() instanceof FactorLimit.None)
                  || layers.fallback() == LayerOptions.Fallback.FAIL
                  || !layers.skipped().isEmpty()
                  || !layers.overrides().isEmpty();
            })
        .isPresent();
  }

  private OptimizerPreset preset() {
    return OptimizerPreset.named(name);
  }

  /** A short label for tables: the name, and the periods of a second-order optimizer. */
  public String label() {
    return (name + " " + curvature.periods()).strip();
  }

  /** Factory of the optimizer for a run of {@code totalSteps} steps. */
  public OptimizerFactory factory(long totalSteps) {
    return factory(kfac(totalSteps), training(totalSteps));
  }

  /**
   * Factory of the optimizer for a run of {@code totalSteps} steps that trains some variables only.
   */
  public OptimizerFactory factory(long totalSteps, VariableFilter variables) {
    return factory(
        kfac(totalSteps).map(options -> options.withVariables(variables)),
        training(totalSteps).withVariables(variables));
  }

  private static OptimizerFactory factory(Optional<KfacOptions> kfac, TrainingOptions training) {
    return kfac.isPresent()
        ? OptimizerFactory.kfac(MeasuredSolver.in(kfac.get()))
        : graph -> new FirstOrder(graph, training);
  }

  /**
   * The options of a second-order optimizer for a run of this many steps; empty for another. They
   * allow networks without captured layers, which {@link RunSettings#requireFits} rejects.
   */
  public Optional<KfacOptions> kfac(long totalSteps) {
    return preset()
        .kfac()
        .map(options -> curvature.applyTo(options, totalSteps))
        .map(options -> options.withTraining(any -> training(totalSteps)))
        .map(options -> options.withLayers(LayerOptions::withNoLayersAllowed));
  }

  /** Steps between two refreshes of the inverses; empty for an optimizer without any. */
  public Optional<Long> refreshPeriod() {
    return kfac(1).map(options -> options.refreshes().period());
  }

  /** Options that every optimizer has, for a run of {@code totalSteps} steps. */
  public TrainingOptions training(long totalSteps) {
    return preset()
        .withMomentum(momentum)
        .withLearningRate(RateSchedule.of(this, totalSteps))
        .withGroups(
            decayKernelsOnly
                ? ParameterGroups.decayKernelsOnly(weightDecay)
                : ParameterGroups.uniform(weightDecay))
        .withAccumulation(accumulation)
        .withClipping(
            clipNorm == 0 ? GradientClipping.none() : GradientClipping.globalNorm(clipNorm));
  }

  /** The hyper-parameters that the optimizer uses, by option name. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("optimizer", name);
    values.put("lr", Double.toString(learningRate));
    values.put("weight-decay", Double.toString(weightDecay));
    values.put("decay-kernels-only", Boolean.toString(decayKernelsOnly));
    if (preset().hasMomentum()) {
      values.put("momentum", Double.toString(momentum));
    }
    values.put("schedule", schedule);
    values.put("last-factor", Double.toString(lastFactor));
    values.put("warmup-steps", Long.toString(warmUpSteps));
    values.put("clip-norm", Double.toString(clipNorm));
    values.put("accumulation", Integer.toString(accumulation));
    values.putAll(curvature.values());
    return values;
  }
}
