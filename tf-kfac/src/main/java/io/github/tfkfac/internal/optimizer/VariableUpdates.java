package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.ParameterGroups;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.state.StateStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** The first-order part of a training step: moves every variable along its direction. */
final class VariableUpdates<T extends TNumber> {

  private final TrainingOptions options;
  private final List<GraphVariable<T>> variables;
  private final Map<String, UpdateRule> rules = new LinkedHashMap<>();
  private final Map<String, List<GraphVariable<T>>> slots = new LinkedHashMap<>();
  private final Class<T> type;

  VariableUpdates(
      TrainingOptions options, StateStore store, List<GraphVariable<T>> variables, Class<T> type) {
    this.options = options;
    this.variables = variables;
    this.type = type;
    List<String> names = variables.stream().map(GraphVariable::name).toList();
    options.rule().patterns().forEach(p -> Overrides.requireMatch("other rule", p, names));
    for (GraphVariable<T> variable : variables) {
      UpdateRule rule = options.rule().of(variable.name(), variable.shape(), rules.size());
      requireFound("an update rule", rule, variable);
      List<GraphVariable<T>> ofVariable = new ArrayList<>();
      for (String slot : rule.slots()) {
        Shape shape = rule.slotShape(slot, variable.shape());
        ofVariable.add(
            store.create(
                variable.name() + "/" + slot,
                type,
                shape,
                tf -> tf.fill(tf.constant(shape), tf.constant(type, 0))));
      }
      rules.put(variable.name(), rule);
      slots.put(variable.name(), ofVariable);
    }
  }

  /**
   * The new values of every variable and its slots.
   *
   * <p>A slot can overflow where the direction did not: Adam squares it. The caller checks them all
   * before it assigns any.
   *
   * @param tf where to build; reads of the variables come after its control dependencies
   * @param directions by variable name
   * @param learningRate scalar
   * @param scalars values of schedules at the current step
   */
  Map<GraphVariable<T>, Operand<T>> next(
      Ops tf,
      Map<String, Operand<T>> directions,
      Operand<TFloat64> learningRate,
      StepScalars<T> scalars) {
    Map<GraphVariable<T>, Operand<T>> next = new LinkedHashMap<>();
    for (GraphVariable<T> variable : variables) {
      Operand<T> direction = directions.get(variable.name());
      if (direction == null) {
        throw new IllegalStateException("no direction for '" + variable.name() + "'");
      }
      next.putAll(move(tf, variable, direction, learningRate, scalars));
    }
    return next;
  }

  /** The new values of a variable and its slots. */
  private Map<GraphVariable<T>, Operand<T>> move(
      Ops tf,
      GraphVariable<T> variable,
      Operand<T> direction,
      Operand<TFloat64> learningRate,
      StepScalars<T> scalars) {
    ParameterGroups.Settings settings = options.groups().of(variable.name(), variable.shape());
    requireFound("settings of a parameter group", settings, variable);
    Operand<TFloat64> rate =
        settings.learningRateFactor() == 1
            ? learningRate
            : tf.math.mul(learningRate, tf.constant(settings.learningRateFactor()));
    List<GraphVariable<T>> ofVariable = slots.getOrDefault(variable.name(), List.of());
    UpdateRule.Context<T> context =
        new UpdateRule.Context<>(
            variable.read(tf),
            direction,
            ofVariable.stream().map(slot -> slot.read(tf)).toList(),
            tf.dtypes.cast(rate, type),
            settings.decays()
                ? Optional.of(scalars.atStep(settings.weightDecay()))
                : Optional.empty(),
            scalars);
    UpdateRule rule = Objects.requireNonNull(rules.get(variable.name()));
    UpdateRule.Result<T> result = rule.apply(tf, context);
    requireSlots(variable, rule, result);
    Map<GraphVariable<T>, Operand<T>> next = new LinkedHashMap<>();
    next.put(variable, result.weight());
    for (int i = 0; i < ofVariable.size(); i++) {
      next.put(ofVariable.get(i), result.slots().get(i));
    }
    next.forEach((changed, value) -> requireShape(changed, rule, value));
    return next;
  }

  private static void requireFound(String what, @Nullable Object found, GraphVariable<?> variable) {
    if (found == null) {
      throw new IllegalStateException(
          "expected %s for every trained variable, found none for '%s'; give it one, or exclude it with a variable filter"
              .formatted(what, variable.name()));
    }
  }

  private static void requireSlots(
      GraphVariable<?> variable, UpdateRule rule, UpdateRule.Result<?> result) {
    List<String> names = rule.slots();
    if (result.slots().size() != names.size()) {
      throw new IllegalStateException(
          "expected a new value of each slot "
              + names
              + " of '"
              + variable.name()
              + "', found "
              + result.slots().size()
              + " values; correct the result of "
              + rule);
    }
  }

  private static void requireShape(GraphVariable<?> variable, UpdateRule rule, Operand<?> value) {
    if (!value.shape().isCompatibleWith(variable.shape())) {
      throw new IllegalStateException(
          "expected a new value of shape "
              + variable.shape()
              + " for '"
              + variable.name()
              + "', found "
              + value.shape()
              + "; correct the result of "
              + rule);
    }
  }
}
