package io.github.tfkfac.models.savedmodel;

import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * A variable of a SavedModel.
 *
 * @param name name of the variable: the one that the model gives it, with a number if several have
 *     the same; also that of its operation in a graph
 * @param checkpointKeys names of its values in the model's checkpoint, the one that is read first;
 *     several where objects of the model that are the same variable are saved one by one
 * @param slice part of that value as TensorFlow writes it, {@code ""} for all of it; not empty only
 *     for variables that were partitioned
 * @param kind what it is for
 * @param shape shape of the variable
 * @param type element type
 */
public record SavedVariable(
    String name,
    List<String> checkpointKeys,
    String slice,
    VariableKind kind,
    Shape shape,
    DataType type) {

  public SavedVariable {
    checkpointKeys = List.copyOf(checkpointKeys);
    if (checkpointKeys.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one name of a saved value of variable '" + name + "', found none");
    }
  }

  /** Name of the value that is read. */
  public String checkpointKey() {
    return checkpointKeys.get(0);
  }
}
