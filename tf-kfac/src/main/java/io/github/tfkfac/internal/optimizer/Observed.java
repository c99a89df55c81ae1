package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.SecondMoments;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** Captured flows and moments of a step's batch; only what is asked for is built. */
public interface Observed<T extends TNumber> {

  /**
   * The same for a part of the graph that is gated by a predicate, or for a part within that part;
   * nothing else may be asked before this was called.
   */
  Observed<T> behind(Ops tf, Supplier<Operand<TBool>> predicate);

  /**
   * The second moments of a layer, in the shapes that are kept of it: of all its uses together, or
   * of one use after the other in the order of the forward pass.
   */
  List<SecondMoments<T>> moments(Ops tf, int layer);

  /** The same with other gradients of the loss, by variable name. */
  Observed<T> withGradients(Map<String, Operand<T>> gradients);

  /** The gradient of the loss for a layer's weight matrix. */
  Operand<T> gradient(Ops tf, CapturedLayer<T> layer);

  /** Activations and output gradients of a layer, padding left out. */
  FisherTap<T> tap(Ops tf, int layer);

  /**
   * A scalar: whether any example of a layer counts; nothing if all do. Where it is false, the
   * layer's other values mean nothing.
   */
  Optional<Operand<TBool>> anyExample(Ops tf, int layer);
}
