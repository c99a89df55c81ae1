package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.TrainableVariables.Trainable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.types.family.TNumber;

/** Variables that have one element type. */
final class OneType {

  private OneType() {}

  /**
   * The variables as those of the type.
   *
   * @throws IllegalStateException naming the first that has another one
   */
  static <T extends TNumber> List<Trainable<T>> of(
      List<? extends Trainable<?>> variables, Class<T> type) {
    List<Trainable<T>> typed = new ArrayList<>();
    for (Trainable<?> variable : variables) {
      if (!variable.variable().type().equals(type)) {
        throw new IllegalStateException(
            "expected trained variables of one type, found "
                + type.getSimpleName()
                + " in '"
                + variables.get(0).name()
                + "' and "
                + variable.variable().type().getSimpleName()
                + " in '"
                + variable.name()
                + "'; exclude one of them with a variable filter");
      }
      @SuppressWarnings("unchecked") // the type was just compared
      Trainable<T> same = (Trainable<T>) variable;
      typed.add(same);
    }
    return typed;
  }
}
