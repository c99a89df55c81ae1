package io.github.tfkfac.models.finetune;

import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.VariableKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;

/** The element types of a model's variables, of which float32 and float64 are trained. */
final class TrainedTypes {

  private static final Map<Class<?>, String> HALF =
      Map.of(TFloat16.class, "float16", TBfloat16.class, "bfloat16");

  private TrainedTypes() {}

  /**
   * Rejects a model without variables that can be trained, because they have half precision.
   *
   * @throws SavedModelException naming their number and type
   */
  static void require(LoadedModel model, VariableFilter trained, FinetuneOptions options) {
    List<GraphVariable<?>> half = half(model);
    boolean others =
        model.graphVariables(VariableKind.TRAINABLE).stream()
            .anyMatch(variable -> !isHalf(variable) && trained.accepts(variable.name()));
    if (half.isEmpty() || others || options.head().isPresent()) {
      return;
    }
    throw SavedModelException.of(
        model.file().folder(),
        "variables of float32 or float64 to train",
        counted(half) + ", the first '" + half.get(0).name() + "'",
        "export the model with the policy mixed_"
            + HALF.get(half.get(0).type())
            + " or float32, or train a new last layer alone (withHead, --head)");
  }

  /** Description of the variables that are not trained because of their type, if there are any. */
  static Optional<String> untrained(LoadedModel model) {
    List<GraphVariable<?>> half = half(model);
    return half.isEmpty()
        ? Optional.empty()
        : Optional.of("variables that keep their values: " + counted(half));
  }

  private static String counted(List<GraphVariable<?>> half) {
    return half.size()
        + " of "
        + half.stream()
            .map(variable -> HALF.get(variable.type()))
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining(" and "));
  }

  private static List<GraphVariable<?>> half(LoadedModel model) {
    return model.graphVariables().values().stream().filter(TrainedTypes::isHalf).toList();
  }

  private static boolean isHalf(GraphVariable<?> variable) {
    return HALF.containsKey(variable.type());
  }
}
