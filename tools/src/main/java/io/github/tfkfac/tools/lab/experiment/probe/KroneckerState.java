package io.github.tfkfac.tools.lab.experiment.probe;

import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.extension.GraphVariable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The variables in which an optimizer keeps factors and inverses, found by their names. */
final class KroneckerState {

  private static final String INVERSE = "_inverse";

  private KroneckerState() {}

  /** Factors by name, {@code <layer>/A} and {@code <layer>/G}; none for first-order optimizers. */
  static Map<String, GraphVariable<?>> factors(TrainingOptimizer optimizer) {
    Map<String, GraphVariable<?>> factors = new LinkedHashMap<>();
    for (GraphVariable<?> variable : optimizer.stateVariables()) {
      String name = variable.name();
      if (name.endsWith("/A") || name.endsWith("/G")) {
        factors.put(shortName(name), variable);
      }
    }
    return factors;
  }

  /** Inverses by the name of their factor. */
  static Map<String, GraphVariable<?>> inverses(TrainingOptimizer optimizer) {
    Map<String, GraphVariable<?>> inverses = new LinkedHashMap<>();
    for (GraphVariable<?> variable : optimizer.stateVariables()) {
      String name = variable.name();
      if (name.endsWith("/A" + INVERSE) || name.endsWith("/G" + INVERSE)) {
        inverses.put(shortName(name.substring(0, name.length() - INVERSE.length())), variable);
      }
    }
    return inverses;
  }

  /** Without the name of the optimizer in front. */
  private static String shortName(String name) {
    return name.substring(name.indexOf('/') + 1);
  }
}
