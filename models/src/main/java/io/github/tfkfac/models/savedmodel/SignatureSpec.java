package io.github.tfkfac.models.savedmodel;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.proto.SignatureDef;

/**
 * A signature of a SavedModel: named inputs and outputs.
 *
 * @param name the signature's name, such as {@code serving_default}
 * @param method what it is for, such as {@code tensorflow/serving/predict}
 * @param inputs the inputs by name
 * @param outputs the outputs by name
 */
public record SignatureSpec(
    String name,
    String method,
    SortedMap<String, TensorSpec> inputs,
    SortedMap<String, TensorSpec> outputs) {

  public SignatureSpec {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }

  static SignatureSpec of(String name, SignatureDef definition) {
    SortedMap<String, TensorSpec> inputs = new TreeMap<>();
    SortedMap<String, TensorSpec> outputs = new TreeMap<>();
    definition.getInputsMap().forEach((key, info) -> inputs.put(key, TensorSpec.of(info)));
    definition.getOutputsMap().forEach((key, info) -> outputs.put(key, TensorSpec.of(info)));
    return new SignatureSpec(name, definition.getMethodName(), inputs, outputs);
  }
}
