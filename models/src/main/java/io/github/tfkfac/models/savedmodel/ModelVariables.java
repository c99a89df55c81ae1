package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.extension.GraphVariable;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

  private static final Map<DataType, Class<? extends TType>> TYPES =
      Map.of(
          DataType.DT_FLOAT, TFloat32.class,
          DataType.DT_DOUBLE, TFloat64.class,
          DataType.DT_HALF, TFloat16.class,
          DataType.DT_BFLOAT16, TBfloat16.class,
          DataType.DT_INT32, TInt32.class,
          DataType.DT_INT64, TInt64.class,
          DataType.DT_UINT8, TUint8.class,
          DataType.DT_BOOL, TBool.class,
          DataType.DT_STRING, TString.class);

  private static final Set<DataType> QUANTIZED =
      Set.of(
          DataType.DT_INT8,
          DataType.DT_INT4,
          DataType.DT_UINT4,
          DataType.DT_QINT8,
          DataType.DT_QUINT8,
          DataType.DT_QINT16,
          DataType.DT_QUINT16,
          DataType.DT_QINT32,
          DataType.DT_FLOAT8_E5M2,
          DataType.DT_FLOAT8_E4M3FN);

  /** Those of the saved variables that a graph has, in the order of the model. */
  static Map<SavedVariable, GraphOperation> operations(Graph graph, List<SavedVariable> saved) {
    Map<SavedVariable, GraphOperation> found = new LinkedHashMap<>();
    for (SavedVariable variable : saved) {
      GraphOperation operation = graph.operation(variable.name());
      if (operation != null) {
        found.put(variable, operation);
      }
    }
    return found;
  }

  /** Those among some variables that are of a type that TensorFlow-Java has a class for. */
  static Map<SavedVariable, GraphVariable<?>> typed(Map<SavedVariable, GraphOperation> operations) {
    Map<SavedVariable, GraphVariable<?>> found = new LinkedHashMap<>();
    operations.forEach(
        (variable, operation) -> {
          Class<? extends TType> type = TYPES.get(variable.type());
          if (type != null) {
            found.put(
                variable, typed(operation, type, operation.attributes().getAttrShape("shape")));
          }
        });
    return found;
  }

  /**
   * Rejects weights that were rounded to few bits, in which no small step can be taken.
   *
   * @throws SavedModelException if there is one among the variables
   */
  static void rejectQuantized(Path model, Collection<SavedVariable> variables) {
    for (SavedVariable variable : variables) {
      if (QUANTIZED.contains(variable.type())) {
        throw SavedModelException.of(
            model,
            "variables that are not quantized",
            "'"
                + variable.name()
                + "' of type "
                + variable.type().name().substring("DT_".length()).toLowerCase(Locale.ROOT),
            "train the model as it was before quantization");
      }
    }
  }

  @SuppressWarnings("unchecked") // the element type was read from the operation
  private static <T extends TType> GraphVariable<T> typed(
      GraphOperation operation, Class<T> type, Shape shape) {
    Output<?> output = operation.output(0);
    return operation.type().equals(GraphVariable.REFERENCE)
        ? new GraphVariable.Reference<>((Output<T>) output, type, shape)
        : new GraphVariable.Resource<>(output, type, shape);
  }
}
