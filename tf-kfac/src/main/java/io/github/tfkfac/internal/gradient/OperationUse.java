package io.github.tfkfac.internal.gradient;

import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;

/**
 * An operation between the losses and what they are differentiated by.
 *
 * @param inputs which of its inputs need a derivative, never empty
 * @param outputs which of its outputs a gradient arrives at
 */
record OperationUse(GraphOperation operation, Set<Integer> inputs, Set<Integer> outputs) {

  OperationUse {
    inputs = Set.copyOf(inputs);
    outputs = Set.copyOf(outputs);
  }

  String type() {
    return operation.type();
  }

  Output<?> input(int index) {
    return operation.input(index);
  }

  boolean flag(String attribute) {
    return operation.attributes().getAttrBool(attribute);
  }

  String text(String attribute) {
    return operation.attributes().getAttrString(attribute);
  }

  long[] numbers(String attribute) {
    return operation.attributes().getAttrIntList(attribute);
  }
}
