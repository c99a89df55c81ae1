package io.github.tfkfac.optimizer;

import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.StateStore;
import io.github.tfkfac.update.ParameterGroups;
import io.github.tfkfac.update.UpdateRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The first-order part of a training step: moves every variable along its direction. */
final class VariableUpdates<T extends TNumber> {

  private final TrainingOptions options;
  private final List<GraphVariable<T>> variables;
  private final Map<String, List<GraphVariable<T>>> slots = new LinkedHashMap<>();
  private final Class<T> type;

  VariableUpdates(
      TrainingOptions options, StateStore store, List<GraphVariable<T>> variables, Class<T> type) {
    this.options = options;
    this.variables = variables;
    this.type = type;
    for (GraphVariable<T> variable : variables) {
      List<GraphVariable<T>> ofVariable = new ArrayList<>();
      for (String slot : options.rule().slots()) {
        ofVariable.add(
            store.create(
                variable.name() + "/" + slot,
                type,
                variable.shape(),
                tf -> tf.zeros(tf.constant(variable.shape()), type)));
      }
      slots.put(variable.name(), ofVariable);
    }
  }

  /** A scalar: whether every entry of every gradient or direction is finite. */
  Operand<TBool> finite(Ops tf, List<Operand<T>> values) {
    List<Operand<TBool>> each = new ArrayList<>();
    for (Operand<T> value : values) {
      Operand<T> flat = tf.reshape(value, tf.constant(new int[] {-1}));
      each.add(tf.reduceAll(tf.math.isFinite(flat), tf.constant(0)));
    }
    return tf.reduceAll(tf.stack(each), tf.constant(0));
  }

  /**
   * Moves every variable along its direction.
   *
   * @param directions by variable name
   * @param learningRate scalar
   * @param alreadyApplied number of updates before this one
   */
  List<Op> apply(
      Ops tf,
      Map<String, Operand<T>> directions,
      Operand<TFloat64> learningRate,
      Operand<TInt64> alreadyApplied) {
    List<Op> effects = new ArrayList<>();
    Operand<T> count = tf.dtypes.cast(tf.math.add(alreadyApplied, tf.constant(1L)), type);
    for (GraphVariable<T> variable : variables) {
      ParameterGroups.Settings settings = options.groups().of(variable.name(), variable.shape());
      Operand<TFloat64> rate =
          settings.learningRateFactor() == 1
              ? learningRate
              : tf.math.mul(learningRate, tf.constant(settings.learningRateFactor()));
      List<GraphVariable<T>> ofVariable = slots.getOrDefault(variable.name(), List.of());
      Operand<T> direction = directions.get(variable.name());
      if (direction == null) {
        throw new IllegalStateException("no direction for '" + variable.name() + "'");
      }
      UpdateRule.Result<T> result =
          options
              .rule()
              .apply(
                  tf,
                  new UpdateRule.Context<>(
                      variable.read(tf),
                      direction,
                      ofVariable.stream().map(slot -> slot.read(tf)).toList(),
                      tf.dtypes.cast(rate, type),
                      count,
                      settings.weightDecay(),
                      type));
      effects.add(variable.assign(tf, result.weight()));
      for (int i = 0; i < ofVariable.size(); i++) {
        effects.add(ofVariable.get(i).assign(tf, result.slots().get(i)));
      }
    }
    return effects;
  }
}
