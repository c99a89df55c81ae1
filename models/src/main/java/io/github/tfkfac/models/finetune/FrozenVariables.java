package io.github.tfkfac.models.finetune;

import io.github.tfkfac.NamePattern;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.VariableKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Selection of the variables of a model that are trained. */
final class FrozenVariables {

  private FrozenVariables() {}

  /**
   * Accepts the model's trainable variables that no pattern matches, and all that are not the
   * model's.
   *
   * @throws SavedModelException if a pattern matches none of the model's weights, those that are
   *     frozen in the model included
   */
  static VariableFilter trained(LoadedModel model, List<NamePattern> frozen) {
    List<String> trainable = names(model, VariableKind.TRAINABLE);
    List<String> frozenInModel = names(model, VariableKind.FROZEN);
    Map<String, String> reasons = new HashMap<>();
    for (NamePattern pattern : frozen) {
      List<String> matched = trainable.stream().filter(pattern::matches).toList();
      if (matched.isEmpty() && frozenInModel.stream().noneMatch(pattern::matches)) {
        throw SavedModelException.of(
            model.file().folder(),
            "a trainable variable that matches '" + pattern + "'",
            "the variables " + trainable,
            "choose a pattern that matches some");
      }
      matched.forEach(name -> reasons.putIfAbsent(name, "frozen by '" + pattern + "'"));
    }
    return model.trainableFilter().and(VariableFilter.allBut(reasons));
  }

  private static List<String> names(LoadedModel model, VariableKind kind) {
    return model.graphVariables(kind).stream().map(GraphVariable::name).toList();
  }
}
