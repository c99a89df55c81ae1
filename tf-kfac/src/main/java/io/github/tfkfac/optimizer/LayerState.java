package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.StateStore;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * What is kept of a captured layer between steps.
 *
 * @param inputFactor moving average of the input factor, A
 * @param outputFactor moving average of the output-gradient factor, G
 * @param inputInverse inverse of the damped A at the last refresh
 * @param outputInverse inverse of the damped G at the last refresh
 */
record LayerState<T extends TNumber>(
    LayerSite<T> site,
    GraphVariable<T> inputFactor,
    GraphVariable<T> outputFactor,
    GraphVariable<T> inputInverse,
    GraphVariable<T> outputInverse) {

  static <T extends TNumber> LayerState<T> create(StateStore store, LayerSite<T> site) {
    Class<T> type = site.weight().type();
    Shape inputShape = factorShape(site, site.inputSize());
    Shape outputShape = factorShape(site, site.outputSize());
    return new LayerState<>(
        site,
        store.create(site.name() + "/A", type, inputShape, tf -> zeros(tf, inputShape, type)),
        store.create(site.name() + "/G", type, outputShape, tf -> zeros(tf, outputShape, type)),
        store.create(
            site.name() + "/A_inverse", type, inputShape, tf -> identity(tf, inputShape, type)),
        store.create(
            site.name() + "/G_inverse", type, outputShape, tf -> identity(tf, outputShape, type)));
  }

  private static Shape factorShape(LayerSite<?> site, long size) {
    return site instanceof LayerSite.DepthwiseConvolution
        ? Shape.of(site.blocks(), size, size)
        : Shape.of(size, size);
  }

  private static <T extends TNumber> Operand<T> zeros(Ops tf, Shape shape, Class<T> type) {
    return tf.zeros(tf.constant(shape), type);
  }

  private static <T extends TNumber> Operand<T> identity(Ops tf, Shape shape, Class<T> type) {
    Operand<T> ones =
        tf.fill(tf.constant(shape.subShape(0, shape.numDimensions() - 1)), tf.constant(type, 1));
    return tf.linalg.matrixDiagV3(
        ones, tf.constant(0), tf.constant(-1), tf.constant(-1), tf.constant(type, 0));
  }
}
