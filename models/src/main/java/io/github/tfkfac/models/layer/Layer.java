package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** A function of one operand whose parameters, if any, live in the context's store. */
public interface Layer {

  /**
   * Adds the layer to the graph.
   *
   * @param context where to build; its path names the layer
   * @param input batch first, channels last
   */
  <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input);
}
