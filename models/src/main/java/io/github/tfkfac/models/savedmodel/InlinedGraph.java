package io.github.tfkfac.models.savedmodel;

import java.util.Map;
import org.tensorflow.proto.GraphDef;

/**
 * A graph without calls of functions.
 *
 * @param graph the graph
 * @param replacements for every output of a call, the tensor that took its place
 */
record InlinedGraph(GraphDef graph, Map<TensorRef, TensorRef> replacements) {

  /** The tensor that now is what a tensor of the graph with calls was. */
  TensorRef resolve(TensorRef tensor) {
    TensorRef found = tensor;
    while (replacements.containsKey(found)) {
      found = replacements.get(found);
    }
    return found;
  }
}
