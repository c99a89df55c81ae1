package io.github.tfkfac.tools.inspect;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.tfkfac.graph.LayerSite;
import java.util.List;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Bytes that the optimizer keeps from step to step.
 *
 * @param factors moving averages of the factors
 * @param inverses their inverses
 * @param updateRule what the update rule keeps of every trained variable, such as momentum
 */
public record MemoryNeed(long factors, long inverses, long updateRule) {

  static MemoryNeed of(
      List<? extends LayerSite<?>> layers,
      long trainedEntries,
      int slots,
      Class<? extends TNumber> type) {
    long factors = layers.stream().mapToLong(LayerSite::factorBytes).sum();
    int bytes = type == TFloat64.class ? Double.BYTES : Float.BYTES;
    return new MemoryNeed(factors, factors, trainedEntries * slots * bytes);
  }

  /** All three. */
  @JsonProperty
  public long total() {
    return factors + inverses + updateRule;
  }
}
