package io.github.tfkfac.models.savedmodel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.models.weights.NpzFile;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * Values that stock TensorFlow computes from a model; {@code src/test/python/reference.py} writes
 * them and says what they mean.
 *
 * @param signature the signature that was called
 * @param inputs what was fed
 * @param outputs what the signature returned
 * @param loss the sum over the outputs with a target of {@code mean((output − target)²)}
 * @param variables every variable of the model
 */
public record KerasReference(
    String signature,
    List<Input> inputs,
    List<Output> outputs,
    double loss,
    List<Variable> variables) {

  /**
   * An input.
   *
   * @param name its name in the signature
   * @param type element type
   * @param shape shape
   * @param numbers its values; empty for texts
   * @param texts its values; empty for numbers
   */
  public record Input(
      String name,
      DataType type,
      List<Integer> shape,
      Optional<NpyArray> numbers,
      List<String> texts) {}

  /**
   * An output.
   *
   * @param name its name in the signature
   * @param type element type
   * @param values what it is
   * @param target what the loss compares it with; empty for integers
   */
  public record Output(String name, DataType type, NpyArray values, Optional<NpyArray> target) {}

  /**
   * A variable.
   *
   * @param name the model's name for it
   * @param keys every checkpoint key of its value
   * @param trained whether training may change it
   * @param gradient of the loss; empty if it is not trained or the loss does not depend on it
   */
  public record Variable(
      String name, List<String> keys, boolean trained, Optional<NpyArray> gradient) {

    /** Keras' names of what is added to, or multiplied with, every entry, in whatever shape. */
    private static final Set<String> ENTRYWISE = Set.of("bias", "beta", "gamma", "scale", "alpha");

    /**
     * Whether it is a kernel, a table or another matrix that the loss depends on, so that a layer
     * has inputs and outputs to precondition it by.
     */
    boolean isKernel() {
      return gradient.map(values -> values.shape().size() > 1).orElse(false)
          && !ENTRYWISE.contains(name.substring(name.lastIndexOf('/') + 1));
    }
  }

  public KerasReference {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    variables = List.copyOf(variables);
  }

  /** Reads {@code reference.json} and {@code reference.npz} of a folder. */
  static KerasReference read(Path folder) {
    JsonNode text;
    try {
      text = new ObjectMapper().readTree(folder.resolve("reference.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var arrays = NpzFile.read(folder.resolve("reference.npz"));
    List<Input> inputs = new ArrayList<>();
    for (JsonNode one : text.get("inputs")) {
      Optional<NpyArray> numbers = Optional.ofNullable(arrays.get(one.path("array").asText()));
      List<Integer> shape = numbers.map(NpyArray::shape).orElseGet(() -> sizes(one.get("shape")));
      inputs.add(
          new Input(one.get("name").asText(), type(one), shape, numbers, texts(one.path("texts"))));
    }
    List<Output> outputs = new ArrayList<>();
    for (JsonNode one : text.get("outputs")) {
      outputs.add(
          new Output(
              one.get("name").asText(),
              type(one),
              arrays.get(one.get("array").asText()),
              Optional.ofNullable(arrays.get(one.path("target").asText()))));
    }
    List<Variable> variables = new ArrayList<>();
    for (JsonNode one : text.get("variables")) {
      variables.add(
          new Variable(
              one.get("name").asText(),
              texts(one.get("keys")),
              one.get("trained").asBoolean(),
              Optional.ofNullable(arrays.get(one.get("gradient").asText()))));
    }
    return new KerasReference(
        text.get("signature").asText(), inputs, outputs, text.get("loss").asDouble(), variables);
  }

  private static DataType type(JsonNode entry) {
    return switch (entry.get("type").asText()) {
      case "float16" -> DataType.DT_HALF;
      case "bfloat16" -> DataType.DT_BFLOAT16;
      case "float32" -> DataType.DT_FLOAT;
      case "float64" -> DataType.DT_DOUBLE;
      case "uint8" -> DataType.DT_UINT8;
      case "int8" -> DataType.DT_INT8;
      case "int32" -> DataType.DT_INT32;
      case "int64" -> DataType.DT_INT64;
      case "bool" -> DataType.DT_BOOL;
      case "string" -> DataType.DT_STRING;
      default -> throw new IllegalArgumentException("no such type in a reference: " + entry);
    };
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return List.copyOf(texts);
  }

  private static List<Integer> sizes(JsonNode array) {
    List<Integer> sizes = new ArrayList<>();
    array.forEach(one -> sizes.add(one.asInt()));
    return List.copyOf(sizes);
  }

  /** The variable that has a checkpoint key. */
  Optional<Variable> withKey(String key) {
    return variables.stream().filter(variable -> variable.keys().contains(key)).findFirst();
  }
}
