package io.github.tfkfac.tools.run;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Constant;
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
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An optimizer with its hyper-parameters.
 *
 * @param all the settings in effect, those of the optimizer among them
 */
public record OptimizerSettings(Settings all) {

  public static final Setting<String> OPTIMIZER =
      Setting.oneOf(
              "optimizer",
              "optimizer",
              OptimizerPreset.names(),
              String.join(", ", OptimizerPreset.names()) + ".")
          .defaultsTo(OptimizerPreset.names().get(0))
          .essential();

  public static final Setting<Double> LEARNING_RATE =
      Setting.number("lr", "RATE", "Peak learning rate.")
          .defaultsTo(known -> preset(known).learningRate())
          .check(rate -> rate > 0 && Double.isFinite(rate), "a learning rate > 0")
          .essential();

  public static final Setting<Double> WEIGHT_DECAY =
      Setting.number("weight-decay", "D", "Weight decay.")
          .defaultsTo(known -> preset(known).weightDecay())
          .check(decay -> decay >= 0 && Double.isFinite(decay), "a weight decay >= 0")
          .essential();

  private static final Setting<Boolean> DECAY_KERNELS_ONLY =
      Setting.flag(
              "decay-kernels-only",
              "Exclude biases and normalization parameters from weight decay.")
          .defaultsTo(false);

  private static final Setting<Double> MOMENTUM =
      Setting.number("momentum", "M", "Momentum.")
          .defaultsTo(known -> preset(known).momentum())
          .usedIf(known -> preset(known).hasMomentum());

  public static final Setting<String> SCHEDULE =
      Setting.oneOf(
              "schedule",
              "schedule",
              RateSchedule.NAMES,
              "Learning rate over the run: cosine, constant or step.")
          .defaultsTo(RateSchedule.NAMES.get(0));

  public static final Setting<Double> LAST_FACTOR =
      Setting.number(
              "last-factor",
              "F",
              "End of the cosine as a part of --lr, or factor of the step schedule after each third"
                  + " of the run.")
          .defaultsTo(1e-3)
          .check(factor -> factor >= 0 && factor <= 1, "a schedule's last factor in [0, 1]");

  public static final Setting<Long> WARM_UP_STEPS =
      Setting.whole("warmup-steps", "N", "Steps over which the learning rate rises from 0.")
          .defaultsTo(0L)
          .check(steps -> steps >= 0, ">= 0 steps of warm-up");

  public static final Setting<Double> CLIP_NORM =
      Setting.number("clip-norm", "NORM", "Bound of the gradients' joint norm, 0 for none.")
          .defaultsTo(0.0);

  private static final Setting<Integer> ACCUMULATION =
      Setting.count("accumulation", "N", "Batches whose gradients make one step.").defaultsTo(1);

  public static final Setting<Long> STATISTICS_PERIOD = CurvatureTable.STATISTICS_PERIOD.setting();
  public static final Setting<Long> INVERSE_PERIOD = CurvatureTable.INVERSE_PERIOD.setting();
  public static final Setting<Integer> MAX_FACTOR = LayerTable.MAX_FACTOR.setting();

  static final List<Lens<?>> LENSES =
      Stream.of(CurvatureTable.LENSES, LayerTable.LENSES).flatMap(List::stream).toList();

  /** The settings of every optimizer. */
  public static final List<Setting<?>> TABLE =
      Stream.of(
              Setting.section(
                  "Optimizer",
                  List.of(
                      OPTIMIZER,
                      LEARNING_RATE,
                      WEIGHT_DECAY,
                      DECAY_KERNELS_ONLY,
                      MOMENTUM,
                      SCHEDULE,
                      LAST_FACTOR,
                      WARM_UP_STEPS,
                      CLIP_NORM,
                      ACCUMULATION)),
              Setting.section("Muon, Shampoo and SOAP", RuleTable.SETTINGS),
              Setting.section("Second-order optimizers", Lens.settings(CurvatureTable.LENSES)),
              Setting.section("Layers", Lens.settings(LayerTable.LENSES)))
          .flatMap(List::stream)
          .toList();

  /** The settings of second-order optimizers alone, and the optimizer. */
  public static final List<Setting<?>> SECOND_ORDER =
      Settings.only(
          TABLE,
          true,
          Stream.concat(
                  Stream.of(OPTIMIZER.name()), LENSES.stream().map(lens -> lens.setting().name()))
              .toList());

  private static final List<String> OPTIONS = Settings.names(TABLE);

  /** The names of all options, without dashes. */
  public static List<String> optionNames() {
    return OPTIONS;
  }

  /** The known optimizers. */
  public static List<String> names() {
    return OptimizerPreset.names();
  }

  /** The known step rules of the Newton iteration. */
  public static List<String> stepRules() {
    return List.copyOf(CurvatureTable.STEP_RULES.keySet());
  }

  /** The known solvers of exact refreshes. */
  public static List<String> solvers() {
    return List.copyOf(CurvatureTable.SOLVERS.keySet());
  }

  static OptimizerPreset preset(Settings known) {
    return OptimizerPreset.named(known.get(OPTIMIZER));
  }

  /** An optimizer with its hyper-parameters for CIFAR (see {@link OptimizerPreset}). */
  public static OptimizerSettings defaults(String name) {
    return of(Map.of(OPTIMIZER.name(), name));
  }

  /**
   * An optimizer from option values by name; options that are none of an optimizer's are ignored.
   *
   * @throws UserError if the optimizer does not use one of its options
   */
  public static OptimizerSettings of(Map<String, String> given) {
    Map<String, String> own = new LinkedHashMap<>(given);
    own.keySet().retainAll(OPTIONS);
    OptimizerSettings settings = new OptimizerSettings(Settings.of(TABLE, own));
    settings.requireUses(own.keySet());
    return settings;
  }

  /** What is measured where the option's value is {@code auto}. */
  static final Map<String, Supplier<String>> MEASURED =
      Map.of(
          MeasuredSolver.OPTION, MeasuredSolver::choice,
          MeasuredPrecision.OPTION, MeasuredPrecision::choice);

  /** The settings with {@code auto} resolved to what a measurement chooses. */
  public static Settings measured(Settings settings) {
    Map<String, String> choices = new LinkedHashMap<>();
    MEASURED.forEach(
        (option, choice) -> {
          if (MeasuredSolver.AUTO.equals(settings.options().get(option))) {
            choices.put(option, choice.get());
          }
        });
    return choices.isEmpty() ? settings : settings.with(choices);
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
      if (OPTIONS.contains(option) && !all.has(option)) {
        throw new UserError(
            conflict(option, options)
                .orElse("the optimizer " + name() + " has no --" + option + "; leave it out"));
      }
    }
  }

  private Optional<String> conflict(String name, Collection<String> given) {
    return LENSES.stream()
        .filter(lens -> lens.setting().name().equals(name))
        .flatMap(lens -> lens.condition().stream())
        .filter(needed -> all.has(needed.name()))
        .map(
            needed ->
                "--%s works with --%s %s only, found --%s %s; %s"
                    .formatted(
                        name,
                        needed.name(),
                        needed.value(),
                        needed.name(),
                        all.options().get(needed.name()),
                        given.contains(needed.name())
                            ? "drop one of the two"
                            : "drop --%s or give --%s %s"
                                .formatted(name, needed.name(), needed.value())))
        .findFirst();
  }

  /**
   * Rejects an optimizer whose averages and inverses cannot be divided among workers.
   *
   * @throws UserError saying so
   */
  public void requireDivisible() {
    boolean divisible =
        kfac(1)
            .map(KfacOptions::approximation)
            .filter(
                known ->
                    !(known instanceof Approximation.Eigenbases bases)
                        || bases.ofWholeBatch().isEmpty())
            .isPresent();
    if (!divisible) {
      throw new UserError(
          "expected an optimizer whose averages and inverses can be divided among workers, found %s; leave --worker-layout memory out, or choose nkfac, kfac or skfac"
              .formatted(name()));
    }
  }

  /**
   * Rejects diagnostics of an optimizer that has none.
   *
   * @throws UserError saying so
   */
  public void requireDiagnosable() {
    if (all.get(RunSettings.DIAGNOSTICS) > 0 && preset(all).kfac().isEmpty()) {
      throw new UserError(
          "the optimizer " + name() + " has no curvature to diagnose; leave --diagnostics out");
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

  /** One of {@link #names()}. */
  public String name() {
    return all.get(OPTIMIZER);
  }

  /** Peak learning rate. */
  public double learningRate() {
    return all.get(LEARNING_RATE);
  }

  /** Batches whose gradients make one step. */
  public int accumulation() {
    return all.get(ACCUMULATION);
  }

  /** A short label for tables: the name, and the periods of a second-order optimizer. */
  public String label() {
    return (name()
            + " "
            + Stream.of(STATISTICS_PERIOD, INVERSE_PERIOD)
                .flatMap(period -> all.find(period).stream())
                .map(String::valueOf)
                .collect(Collectors.joining("/")))
        .strip();
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

  /** The same options with the measured solver where {@code auto} asks for it. */
  public static KfacOptions measured(KfacOptions options) {
    return MeasuredSolver.in(options);
  }

  private static OptimizerFactory factory(Optional<KfacOptions> kfac, TrainingOptions training) {
    return kfac.isPresent()
        ? OptimizerFactory.kfac(measured(kfac.get()))
        : graph -> new FirstOrder(graph, training);
  }

  /**
   * The options of a second-order optimizer for a run of this many steps; empty for another. They
   * allow networks without captured layers, which {@link RunSettings#requireFits} rejects.
   */
  public Optional<KfacOptions> kfac(long totalSteps) {
    return preset(all)
        .kfac()
        .map(options -> Lens.edited(options, all, totalSteps))
        .map(options -> options.withTraining(any -> training(totalSteps)))
        .map(options -> options.withLayers(LayerOptions::withNoLayersAllowed));
  }

  /** Steps between two refreshes of the inverses; empty for an optimizer without any. */
  public Optional<Long> refreshPeriod() {
    return all.find(INVERSE_PERIOD);
  }

  /** Damping as a part of the largest eigenvalue, or λ, whichever the optimizer has. */
  public double dampingShare() {
    return kfac(1)
        .map(options -> options.approximation().damping().strength())
        .filter(Constant.class::isInstance)
        .map(strength -> ((Constant) strength).value())
        .orElseThrow(() -> new UserError("expected a damping that stays the same, found " + all));
  }

  /** One of {@link #stepRules()}. */
  public String stepRule() {
    return all.options().getOrDefault(CurvatureTable.STEP_RULE.setting().name(), "");
  }

  /** Options that every optimizer has, for a run of {@code totalSteps} steps. */
  public TrainingOptions training(long totalSteps) {
    OptimizerPreset preset = preset(all);
    double decay = all.get(WEIGHT_DECAY);
    double clip = all.get(CLIP_NORM);
    TrainingOptions start = all.find(MOMENTUM).map(preset::withMomentum).orElse(preset.training());
    return start
        .withRule(RuleTable.edited(start.rule(), all))
        .withLearningRate(
            RateSchedule.of(
                all.find(SCHEDULE).orElse(RateSchedule.CONSTANT),
                learningRate(),
                all.find(LAST_FACTOR).orElse(1.0),
                all.get(WARM_UP_STEPS),
                totalSteps))
        .withGroups(
            all.get(DECAY_KERNELS_ONLY)
                ? ParameterGroups.decayKernelsOnly(decay)
                : ParameterGroups.uniform(decay))
        .withAccumulation(accumulation())
        .withClipping(clip == 0 ? GradientClipping.none() : GradientClipping.globalNorm(clip));
  }

  /** The hyper-parameters that the optimizer uses, by option name. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>(all.identity());
    values.keySet().retainAll(OPTIONS);
    return values;
  }
}
