package io.github.tfkfac.models.finetune;

import io.github.tfkfac.graph.VariableFilter;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.VariableKind;
import io.github.tfkfac.optimizer.LayerPattern;
import io.github.tfkfac.state.GraphVariable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which variables of a model are trained. */
final class FrozenVariables {

  private FrozenVariables() {}

  /**
   * Accepts the model's trainable variables that no pattern matches, and all that are not the
   * model's.
   *
   * @throws SavedModelException if a pattern matches none of the model's trainable variables
   */
  static VariableFilter trained(LoadedModel model, List<LayerPattern> frozen) {
    List<String> trainable =
        model.graphVariables(VariableKind.TRAINABLE).stream().map(GraphVariable::name).toList();
    Set<String> left = new HashSet<>();
    for (LayerPattern pattern : frozen) {
      List<String> matched = trainable.stream().filter(pattern::matches).toList();
      if (matched.isEmpty()) {
        throw SavedModelException.of(
            model.file().folder(),
            "a trainable variable that matches '" + pattern + "'",
            "the variables " + trainable,
            "choose a pattern that matches some");
      }
      left.addAll(matched);
    }
    return model.trainableFilter().and(name -> !left.contains(name));
  }
}
