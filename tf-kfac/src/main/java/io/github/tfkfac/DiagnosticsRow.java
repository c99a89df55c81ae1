package io.github.tfkfac;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Measured quantities of a layer.
 *
 * @param layer name of its weight variable
 * @param values by quantity, in their order; a quantity that the layer does not have is absent
 */
public record DiagnosticsRow(String layer, Map<Quantity, Double> values) {

  public DiagnosticsRow {
    EnumMap<Quantity, Double> sorted = new EnumMap<>(Quantity.class);
    sorted.putAll(values);
    values = Collections.unmodifiableMap(sorted);
  }
}
