package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.state.StateStore;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** A schedule times a factor that can be changed while training; the product can be fed instead. */
public final class LearningRate {

  private final Operand<TFloat64> value;
  private final Placeholder<TFloat64> newFactor;
  private final Op setFactor;

  /**
   * Builds the learning rate of the current step.
   *
   * @param tf where to build
   * @param store keeps the factor, 1 at the start
   * @param stepsDone scalar
   */
  public LearningRate(Ops tf, StateStore store, Schedule schedule, Operand<TInt64> stepsDone) {
    GraphVariable<TFloat64> factor =
        store.create(
            "learning_rate_scale", TFloat64.class, Shape.scalar(), init -> init.constant(1.0));
    this.value =
        tf.placeholderWithDefault(
            tf.math.mul(schedule.at(tf, stepsDone), factor.read(tf)), Shape.scalar());
    this.newFactor = tf.placeholder(TFloat64.class, Placeholder.shape(Shape.scalar()));
    this.setFactor = factor.assign(tf, newFactor);
  }

  /** A scalar. */
  public Operand<TFloat64> value() {
    return value;
  }

  public void scale(Session session, double factor) {
    if (!(factor > 0) || !Double.isFinite(factor)) {
      throw new IllegalArgumentException("expected a learning rate factor > 0, found " + factor);
    }
    try (TFloat64 tensor = TFloat64.scalarOf(factor)) {
      session.runner().feed(newFactor, tensor).addTarget(setFactor).run().close();
    }
  }
}
