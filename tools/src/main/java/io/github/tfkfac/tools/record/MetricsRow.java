package io.github.tfkfac.tools.record;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metrics that were measured at one step.
 *
 * @param step the number of finished steps, counted from the start of the run
 * @param values by metric name, such as {@code loss} or {@code test/accuracy}; in a stable order
 */
public record MetricsRow(long step, Map<String, Double> values) {
  public MetricsRow {
    if (step < 0) {
      throw new IllegalArgumentException("expected a step >= 0 in a metrics row, found " + step);
    }
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
