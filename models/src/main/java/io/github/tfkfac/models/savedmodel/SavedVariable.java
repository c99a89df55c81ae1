package io.github.tfkfac.models.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * A variable of a SavedModel.
 *
 * @param name name of the variable's operation in the graph
 * @param checkpointKey name of its value in the model's checkpoint
 * @param slice part of that value as TensorFlow writes it, {@code ""} for all of it; not empty only
 *     for variables that were partitioned
 * @param kind what it is for
 * @param shape shape of the variable
 * @param type element type
 */
public record SavedVariable(
    String name,
    String checkpointKey,
    String slice,
    VariableKind kind,
    Shape shape,
    DataType type) {}
