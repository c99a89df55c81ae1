package io.github.tfkfac.internal.diagnostics;

import io.github.tfkfac.Quantity;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * Scalars of several layers as one vector, to be fetched at once.
 *
 * @param entries what the vector's components are
 * @param values the vector
 */
public record Measurements(List<Entry> entries, Operand<TFloat64> values) {

  /**
   * A scalar of a layer.
   *
   * @param layer name of the layer
   * @param quantity what it is
   * @param value the scalar
   */
  public record Entry(String layer, Quantity quantity, Operand<TFloat64> value) {}

  public Measurements {
    entries = List.copyOf(entries);
  }

  /** Puts scalars together. */
  public static Measurements of(Ops tf, List<Entry> entries) {
    return new Measurements(
        entries,
        entries.isEmpty()
            ? tf.constant(new double[0])
            : tf.stack(entries.stream().map(Entry::value).toList()));
  }

  /** The fetched vector by layer and quantity. */
  public Map<String, Map<Quantity, Double>> read(TFloat64 fetched) {
    Map<String, Map<Quantity, Double>> layers = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      layers
          .computeIfAbsent(entries.get(i).layer(), layer -> new EnumMap<>(Quantity.class))
          .put(entries.get(i).quantity(), fetched.getDouble(i));
    }
    return layers;
  }
}
