package io.github.tfkfac.extension;

import io.github.tfkfac.TrainingHealth;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * New value of a variable, assigned by the optimizer if it is finite; otherwise the old value stays
 * and a counter of {@link TrainingHealth} rises.
 *
 * @param variable the variable
 * @param value in its shape
 * @param updates counts the values that were assigned, if present
 */
public record NewValue<T extends TNumber>(
    GraphVariable<T> variable, Operand<T> value, Optional<GraphVariable<TInt64>> updates) {

  /**
   * @throws IllegalArgumentException if the value has another shape than the variable
   */
  public NewValue {
    if (!value.shape().isCompatibleWith(variable.shape())) {
      throw new IllegalArgumentException(
          "expected a new value of shape %s for '%s', found %s; correct the curvature block"
              .formatted(variable.shape(), variable.name(), value.shape()));
    }
  }

  /** A value whose assignments are not counted. */
  public NewValue(GraphVariable<T> variable, Operand<T> value) {
    this(variable, value, Optional.empty());
  }
}
