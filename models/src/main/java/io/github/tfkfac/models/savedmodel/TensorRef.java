package io.github.tfkfac.models.savedmodel;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.NodeDef;

/**
 * Reference made by an input of a node in a graph: to an output of another node ({@code node},
 * {@code node:1}) or to its completion ({@code ^node}).
 *
 * @param node the node's name
 * @param index number of the output, {@link #CONTROL} for the completion
 */
record TensorRef(String node, int index) {

  static final int CONTROL = -1;

  static TensorRef parse(String text) {
    if (text.startsWith("^")) {
      return control(text.substring(1));
    }
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? new TensorRef(text, 0)
        : new TensorRef(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  static TensorRef control(String node) {
    return new TensorRef(node, CONTROL);
  }

  /** The inputs of a node, data first. */
  static List<TensorRef> inputs(NodeDef node) {
    List<TensorRef> inputs = new ArrayList<>();
    node.getInputList().forEach(input -> inputs.add(parse(input)));
    return inputs;
  }

  /** The inputs of a node and what its gradient takes. */
  static List<TensorRef> dependencies(NodeDef node) {
    List<TensorRef> dependencies = inputs(node);
    dependencies.addAll(GradientFunctions.captures(node));
    return dependencies;
  }

  boolean isControl() {
    return index == CONTROL;
  }

  /** As it is written in a graph. */
  @Override
  public String toString() {
    if (isControl()) {
      return "^" + node;
    }
    return index == 0 ? node : node + ":" + index;
  }
}
