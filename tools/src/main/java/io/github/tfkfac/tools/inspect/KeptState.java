package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.extension.GraphVariable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * The variables that an optimizer keeps between steps, by name, and their bytes.
 *
 * @param bytesByName bytes of those that are no counters, by the name without the optimizer's
 */
record KeptState(Map<String, Long> bytesByName) {

  static final String INPUT = "/A";
  static final String OUTPUT = "/G";
  static final String INVERSE = "_inverse";
  static final String BASIS = "_basis";
  static final String EIGENVALUES = "_eigenvalues";
  static final String SPECTRUM = "/S";
  private static final String COARSE = "coarse/";

  static KeptState of(Kfac optimizer) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (GraphVariable<?> variable : optimizer.stateVariables()) {
      if (variable.shape().numDimensions() > 0 && variable.type() != TInt64.class) {
        int element = variable.type() == TFloat64.class ? Double.BYTES : Float.BYTES;
        bytes.put(
            variable.name().substring(variable.name().indexOf('/') + 1),
            variable.shape().size() * element);
      }
    }
    return new KeptState(bytes);
  }

  long bytes(String name) {
    return bytesByName.getOrDefault(name, 0L);
  }

  MemoryNeed need() {
    long averages = sum(name -> name.endsWith(INPUT) || name.endsWith(OUTPUT));
    long derived =
        sum(
            name ->
                !name.startsWith(COARSE)
                    && (name.endsWith(INVERSE)
                        || name.endsWith(BASIS)
                        || name.endsWith(EIGENVALUES)));
    long spectra = sum(name -> name.endsWith(SPECTRUM));
    long coarse = sum(name -> name.startsWith(COARSE));
    long all = sum(name -> true);
    return new MemoryNeed(
        averages, derived, spectra, coarse, all - averages - derived - spectra - coarse);
  }

  private long sum(Predicate<String> which) {
    return bytesByName.entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
