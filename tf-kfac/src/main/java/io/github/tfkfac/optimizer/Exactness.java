package io.github.tfkfac.optimizer;

import io.github.tfkfac.schedule.Gate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;

/**
 * Exactness of a refresh: known when the graph is built, or decided at the step.
 *
 * @param known the answer, if it is known
 * @param decided the scalar that decides, if not
 */
record Exactness(Optional<Boolean> known, Optional<Supplier<Operand<TBool>>> decided) {

  static Exactness always() {
    return new Exactness(Optional.of(true), Optional.empty());
  }

  static Exactness never() {
    return new Exactness(Optional.of(false), Optional.empty());
  }

  static Exactness when(Supplier<Operand<TBool>> predicate) {
    return new Exactness(Optional.empty(), Optional.of(predicate));
  }

  /** Builds the part, or the two gated parts, that may have to run. */
  List<Op> choose(
      Ops tf, Function<Ops, List<Op>> exactPart, Function<Ops, List<Op>> iterativePart) {
    if (known.isPresent()) {
      return known.get() ? exactPart.apply(tf) : iterativePart.apply(tf);
    }
    Operand<TBool> exact = decided.orElseThrow().get();
    return List.of(
        Gate.when(tf, exact, exactPart), Gate.when(tf, tf.math.logicalNot(exact), iterativePart));
  }
}
