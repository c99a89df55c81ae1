package io.github.tfkfac.models.savedmodel;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * A signature of a model to be written.
 *
 * @param name its name, such as {@code serving_default}
 * @param method what it is for, such as {@code tensorflow/serving/predict}
 * @param inputs the inputs by name
 * @param outputs the outputs by name
 */
public record ExportedSignature(
    String name,
    String method,
    SortedMap<String, Operand<?>> inputs,
    SortedMap<String, Operand<?>> outputs) {

  public ExportedSignature {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one output of signature '" + name + "', found none");
    }
  }

  /** A signature as it was loaded. */
  public static ExportedSignature of(LoadedSignature loaded) {
    return new ExportedSignature(
        loaded.spec().name(),
        loaded.spec().method(),
        new TreeMap<>(loaded.inputs()),
        new TreeMap<>(loaded.outputs()));
  }

  /** The same signature with another tensor for one of its outputs. */
  public ExportedSignature withOutput(String output, Operand<?> tensor) {
    SortedMap<String, Operand<?>> changed = new TreeMap<>(outputs);
    changed.put(output, tensor);
    return new ExportedSignature(name, method, inputs, changed);
  }

  SignatureDef definition() {
    SignatureDef.Builder definition = SignatureDef.newBuilder().setMethodName(method);
    inputs.forEach((key, tensor) -> definition.putInputs(key, info(tensor.asOutput())));
    outputs.forEach((key, tensor) -> definition.putOutputs(key, info(tensor.asOutput())));
    return definition.build();
  }

  private static TensorInfo info(Output<?> tensor) {
    return TensorInfo.newBuilder()
        .setName(tensor.op().name() + ":" + tensor.index())
        .setDtype(tensor.dataType())
        .setTensorShape(TensorSpec.proto(tensor.shape()))
        .build();
  }
}
