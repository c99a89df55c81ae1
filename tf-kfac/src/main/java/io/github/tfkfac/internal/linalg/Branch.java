package io.github.tfkfac.internal.linalg;

import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Takes values from one of two parts of a graph without running the other; {@code Gate::choose},
 * which this package may not know.
 */
@FunctionalInterface
public interface Branch {

  /**
   * The values of the part that the predicate chooses.
   *
   * @param predicate a scalar
   * @param inputs everything that the parts use from outside
   * @param then gives the values if the predicate is true
   * @param otherwise gives as many values, of the same shapes, if it is false
   */
  <T extends TNumber> List<Operand<T>> choose(
      Ops tf,
      Operand<TBool> predicate,
      List<Operand<T>> inputs,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> then,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> otherwise);
}
