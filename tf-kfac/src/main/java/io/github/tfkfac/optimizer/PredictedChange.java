package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.damping.DampingContext;
import io.github.tfkfac.damping.FactorPair;
import io.github.tfkfac.optimizer.Approximation.Eigenbases;
import io.github.tfkfac.precondition.QuadraticModel;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Change of the loss that the quadratic model predicts for a step: {@code ∇ᵀδ + ½δᵀ(F + λI)δ} of
 * the captured layers with F their Kronecker products, and {@code ∇ᵀδ} of all other variables.
 *
 * @param layers the captured layers
 */
record PredictedChange<T extends TNumber>(List<LayerState<T>> layers) {

  /**
   * The change.
   *
   * @param changes δ by variable name
   * @param gradients ∇ by variable name
   */
  Operand<TFloat64> of(
      Ops tf,
      Operand<TInt64> step,
      Map<String, Operand<T>> changes,
      Map<String, Operand<T>> gradients) {
    Map<String, Operand<T>> others = new LinkedHashMap<>(changes);
    List<QuadraticModel.Layer<T>> captured = new ArrayList<>();
    for (LayerState<T> layer : layers) {
      captured.add(
          new QuadraticModel.Layer<>(
              Directions.matrix(tf, layer.site(), changes),
              Directions.matrix(tf, layer.site(), gradients),
              layer.input().structure(),
              average(tf, layer, layer.input()),
              layer.output().structure(),
              average(tf, layer, layer.output()),
              damping(tf, layer, step)));
      others.remove(layer.site().name());
      layer.site().bias().map(GraphVariable::name).ifPresent(others::remove);
    }
    List<Operand<TFloat64>> parts = new ArrayList<>();
    if (!captured.isEmpty()) {
      parts.add(tf.dtypes.cast(QuadraticModel.change(tf, captured), TFloat64.class));
    }
    others.forEach(
        (name, change) ->
            parts.add(
                tf.dtypes.cast(
                    sum(tf, tf.math.mul(change, Directions.required(gradients, name))),
                    TFloat64.class)));
    return tf.math.addN(parts);
  }

  /** Coefficient of the identity in the damped Kronecker product. */
  private static <T extends TNumber> Operand<T> damping(
      Ops tf, LayerState<T> layer, Operand<TInt64> step) {
    Class<T> type = layer.site().weight().type();
    Damping damping = layer.approximation().damping();
    DampingContext context = DampingContext.at(tf, damping, step);
    if (layer.approximation() instanceof Eigenbases) {
      return tf.dtypes.cast(context.strength(), type);
    }
    FactorPair<T> pair =
        damping.of(
            tf,
            new FactorPair<>(
                scale(tf, damping, layer, layer.input()),
                scale(tf, damping, layer, layer.output())),
            context,
            type);
    return tf.math.mul(pair.input(), pair.output());
  }

  private static <T extends TNumber> Operand<T> scale(
      Ops tf, Damping damping, LayerState<T> layer, FactorState<T> factor) {
    return damping.scale().of(tf, factor.structure(), average(tf, layer, factor));
  }

  private static <T extends TNumber> Operand<T> average(
      Ops tf, LayerState<T> layer, FactorState<T> factor) {
    return factor
        .average()
        .map(average -> average.read(tf))
        .orElseGet(() -> tf.zeros(tf.constant(Shape.of(0)), layer.site().weight().type()));
  }

  private static <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> values) {
    return tf.reduceSum(tf.reshape(values, tf.array(-1)), tf.constant(0));
  }
}
