package io.github.tfkfac.models.layer;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.family.TNumber;

/**
 * A variable of a network together with what it means.
 *
 * @param name stable name, the path of the layer and the parameter joined by '/', for instance
 *     {@code layer1/0/conv1/kernel}; also the name of the variable in the graph
 * @param variable the variable; read it through {@code tf.identity}
 * @param shape shape of the variable
 * @param axes meaning of its axes
 * @param role who changes it
 */
public record Parameter<T extends TNumber>(
    String name, Variable<T> variable, Shape shape, Axes axes, Role role) {

  /** Source of the changes of a parameter. */
  public enum Role {
    /** The optimizer, along the gradient. */
    TRAINABLE,
    /** Nobody: a weight that keeps its initial or imported value, as of a frozen stage. */
    FROZEN,
    /** The layer itself, from the batches it sees; has no gradient. */
    STATISTIC
  }
}
