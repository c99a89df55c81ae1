package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Context in which a layer is built: the operations, the store of its variables, the mode of the
 * pass, and the path that names it.
 *
 * @param tf where operations are added
 * @param store owner of the variables
 * @param mode what the pass is for
 * @param role who changes the weights of the layers built here, {@code TRAINABLE} or {@code FROZEN}
 * @param path names of the enclosing layers joined by '/', empty at the root
 */
public record LayerContext<T extends TNumber>(
    Ops tf, ParameterStore<T> store, Mode mode, Parameter.Role role, String path) {

  /** The root of a training pass; {@code step} is the scalar number of the training step. */
  public static <T extends TNumber> LayerContext<T> training(
      Ops tf, ParameterStore<T> store, Operand<TInt64> step) {
    return new LayerContext<>(
        tf.withSubScope("training"), store, new Mode.Training(step), Parameter.Role.TRAINABLE, "");
  }

  /** The root of an inference pass. */
  public static <T extends TNumber> LayerContext<T> inference(Ops tf, ParameterStore<T> store) {
    return new LayerContext<>(
        tf.withSubScope("inference"), store, new Mode.Inference(), Parameter.Role.TRAINABLE, "");
  }

  /** The context of the layer called {@code name} inside this one. */
  public LayerContext<T> in(String name) {
    // A name, not a sub-scope: each new scope lists the whole graph, which is quadratic in the
    // depth.
    Ops named = tf.withName(child(name).replace('/', '.'));
    return new LayerContext<>(named, store, mode, role, child(name));
  }

  /**
   * The same context, where weights are frozen: they are read behind a stopped gradient, so that no
   * loss reaches them and no optimizer takes them for trainable.
   */
  public LayerContext<T> frozen() {
    return new LayerContext<>(tf, store, mode, Parameter.Role.FROZEN, path);
  }

  /** Element type of the network. */
  public Class<T> type() {
    return store.type();
  }

  /** Reads this layer's weight {@code name}, which is trainable unless the context is frozen. */
  public Operand<T> trainable(String name, Shape shape, Axes axes, Initializer initializer) {
    Operand<T> value =
        tf.identity(store.obtain(child(name), shape, axes, role, initializer).variable());
    return role == Parameter.Role.FROZEN ? tf.stopGradient(value) : value;
  }

  /** This layer's statistic {@code name}, one entry per channel. */
  public Parameter<T> statistic(String name, Shape shape, Initializer initializer) {
    return store.obtain(
        child(name), shape, new Axes.PerChannel(), Parameter.Role.STATISTIC, initializer);
  }

  /** A scalar of the network's type. */
  public Operand<T> scalar(double value) {
    return tf.constant(type(), value);
  }

  private String child(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
