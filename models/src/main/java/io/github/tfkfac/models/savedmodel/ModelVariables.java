package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.state.GraphVariable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** A saved model's variables in a graph. */
final class ModelVariables {

  private ModelVariables() {}

  /** Those of the saved variables that a graph has, in the order of the model. */
  static Map<SavedVariable, GraphVariable<?>> in(Graph graph, List<SavedVariable> saved) {
    Map<SavedVariable, GraphVariable<?>> found = new LinkedHashMap<>();
    for (SavedVariable variable : saved) {
      GraphOperation operation = graph.operation(variable.name());
      if (operation != null) {
        found.put(variable, of(operation));
      }
    }
    return found;
  }

  /** The variable that an operation is. */
  static GraphVariable<?> of(GraphOperation operation) {
    return typed(
        operation,
        type(operation.attributes().getAttrType("dtype")),
        operation.attributes().getAttrShape("shape"));
  }

  @SuppressWarnings("unchecked") // the element type was read from the operation
  private static <T extends TType> GraphVariable<T> typed(
      GraphOperation operation, Class<T> type, Shape shape) {
    Output<?> output = operation.output(0);
    return operation.type().equals(GraphVariable.REFERENCE)
        ? new GraphVariable.Reference<>((Output<T>) output, type, shape)
        : new GraphVariable.Resource<>(output, type, shape);
  }

  /** TensorFlow-Java's name of an element type. */
  static Class<? extends TType> type(DataType type) {
    return switch (type) {
      case DT_FLOAT -> TFloat32.class;
      case DT_DOUBLE -> TFloat64.class;
      case DT_HALF -> TFloat16.class;
      case DT_BFLOAT16 -> TBfloat16.class;
      case DT_INT32 -> TInt32.class;
      case DT_INT64 -> TInt64.class;
      case DT_UINT8 -> TUint8.class;
      case DT_BOOL -> TBool.class;
      case DT_STRING -> TString.class;
      default ->
          throw SavedModelException.of(
              "the model's variables",
              "floating-point numbers, integers, truth values or texts",
              type.toString(),
              "models with such variables cannot be loaded");
    };
  }
}
