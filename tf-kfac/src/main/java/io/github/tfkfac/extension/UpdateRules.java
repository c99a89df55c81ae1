package io.github.tfkfac.extension;

import io.github.tfkfac.NamePattern;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/**
 * The update rule of each variable; an {@link UpdateRule} is that of all.
 *
 * <pre>{@code
 * UpdateRules rules =
 *     (name, shape, number) -> name.startsWith("head/") ? AdamW.standard() : new Momentum(0.9);
 * }</pre>
 */
@FunctionalInterface
public interface UpdateRules {

  /**
   * The rule of a variable.
   *
   * @param name the variable's name in the graph
   * @param shape its shape
   * @param number its place among the trained variables, from 0; rules that do something
   *     periodically can do it for each at another step
   */
  UpdateRule of(String name, Shape shape, int number);

  /** Patterns of variables' names of which each must match a trained variable; none by default. */
  default List<NamePattern> patterns() {
    return List.of();
  }
}
