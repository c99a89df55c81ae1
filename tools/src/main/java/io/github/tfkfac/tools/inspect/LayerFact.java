package io.github.tfkfac.tools.inspect;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.extension.LayerSite;
import java.util.function.Function;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * A captured layer and what it costs.
 *
 * @param name name of its weight
 * @param kind the kind of layer in a word or two
 * @param size what its cost depends on
 * @param input what is kept of its input factor, A
 * @param output what is kept of its output-gradient factor, G
 * @param spectrumBytes the re-estimated diagonal in the eigenvectors' basis (EKFAC)
 * @param cost of each part of a step
 * @param overhead of an average step
 */
public record LayerFact(
    String name,
    String kind,
    LayerSize size,
    FactorFact input,
    FactorFact output,
    long spectrumBytes,
    StepCost cost,
    Overhead overhead) {

  static LayerFact of(
      LayerSite<?> site, Function<Output<?>, Shape> shapes, CostModel model, KeptState state) {
    FactorLimit limit = model.options().layers().limit();
    LayerSize size = LayerSize.of(site, model.batch(), shapes);
    StepCost cost = model.of(site, size);
    return new LayerFact(
        site.name(),
        site.label(),
        size,
        FactorFact.of(limit.kept(site.inputStructure()), site.name() + KeptState.INPUT, state),
        FactorFact.of(limit.kept(site.outputStructure()), site.name() + KeptState.OUTPUT, state),
        state.bytes(site.name() + KeptState.SPECTRUM),
        cost,
        cost.overhead(model.options().factors().statistics().period(), model.refreshPeriod(site)));
  }

  /** Everything that is kept of the layer, without what the update rule keeps. */
  @JsonProperty
  public long keptBytes() {
    return input.averageBytes()
        + input.derivedBytes()
        + output.averageBytes()
        + output.derivedBytes()
        + spectrumBytes;
  }
}
