package io.github.tfkfac.extension;

import io.github.tfkfac.Schedule;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Moves a variable along a direction: a pure function from value, direction and slots to the new
 * value and slots.
 *
 * <p>A custom rule is a record with two methods:
 *
 * <pre>{@code
 * record SignDescent() implements UpdateRule {
 *   public List<String> slots() {
 *     return List.of();
 *   }
 *
 *   public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
 *     Operand<T> change = tf.math.mul(context.learningRate(), tf.math.sign(context.direction()));
 *     return new Result<>(tf.math.sub(context.weight(), change), List.of());
 *   }
 * }
 * }</pre>
 *
 * <p><i>Shapes</i>: everything has the variable's shape, but the scalars of {@link Context} and
 * slots to which {@link #slotShape} gives another. <i>Numerics</i>: slots start at zero and have
 * the variable's type, float32 or float64. A step whose new values or slots are not all finite is
 * not taken.
 */
public interface UpdateRule extends UpdateRules {

  /**
   * Names of the slots that the rule keeps for every variable; part of their names in the graph.
   */
  List<String> slots();

  /**
   * The shape of a slot, the variable's by default.
   *
   * @param slot one of {@link #slots()}
   * @param variable the variable's shape
   */
  default Shape slotShape(String slot, Shape variable) {
    return variable;
  }

  /** This rule, whatever the variable. */
  @Override
  default UpdateRule of(String name, Shape shape, int number) {
    return this;
  }

  /** Builds the new value and the new slots; creates no variables and assigns none. */
  <T extends TNumber> Result<T> apply(Ops tf, Context<T> context);

  /**
   * Inputs of a rule for one variable at one step.
   *
   * @param weight the variable's value
   * @param direction the (preconditioned) gradient
   * @param slots values of the slots, in the order of {@link UpdateRule#slots()}
   * @param learningRate scalar
   * @param weightDecay scalar; none if the variable is not decayed
   * @param scalars what all variables of the step share
   */
  record Context<T extends TNumber>(
      Operand<T> weight,
      Operand<T> direction,
      List<Operand<T>> slots,
      Operand<T> learningRate,
      Optional<Operand<T>> weightDecay,
      StepScalars<T> scalars) {

    public Context {
      slots = List.copyOf(slots);
    }

    /** The value of a slot, counted from 0. */
    public Operand<T> slot(int index) {
      return slots.get(index);
    }

    /** A number, as a scalar of the variable's type. */
    public Operand<T> constant(double value) {
      return scalars.constant(value);
    }

    /** A hyper-parameter's value at this step. */
    public Operand<T> at(Schedule schedule) {
      return scalars.atStep(schedule);
    }

    /** Coupled weight decay, {@code v + wd w}: the decay takes part in all that the rule does. */
    public Operand<T> decayedDirection(Ops tf) {
      return weightDecay
          .<Operand<T>>map(decay -> tf.math.add(direction, tf.math.mul(weight, decay)))
          .orElse(direction);
    }

    /** Decoupled weight decay, {@code (1 - lr wd) w}, to be moved from there. */
    public Operand<T> decayedWeight(Ops tf) {
      return weightDecay
          .<Operand<T>>map(
              decay ->
                  tf.math.mul(weight, tf.math.sub(constant(1), tf.math.mul(learningRate, decay))))
          .orElse(weight);
    }
  }

  /**
   * Result of a rule.
   *
   * @param weight the variable's new value
   * @param slots the slots' new values, in the order of {@link UpdateRule#slots()}
   */
  record Result<T extends TNumber>(Operand<T> weight, List<Operand<T>> slots) {

    public Result {
      slots = List.copyOf(slots);
    }
  }
}
