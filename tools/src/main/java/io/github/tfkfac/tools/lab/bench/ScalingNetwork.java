package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.tools.inspect.FactorFact;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.inspect.LayerFact;
import io.github.tfkfac.tools.inspect.VariableFact;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sizes and work of a network on one worker's batch.
 *
 * @param training floating point operations of forward and backward pass
 * @param statistics of one update of the second moments
 * @param gradients numbers in all gradients
 * @param layers the captured layers
 */
public record ScalingNetwork(
    double training, double statistics, long gradients, List<Layer> layers) {

  /**
   * Captured layer.
   *
   * @param weights numbers in its gradient matrix
   * @param preconditioning floating point operations of preconditioning it
   * @param input factor
   * @param output factor
   */
  public record Layer(long weights, double preconditioning, Factor input, Factor output) {

    long entries() {
      return input.entries() + output.entries();
    }

    double refresh() {
      return input.refresh() + output.refresh();
    }

    Stream<Factor> factors() {
      return Stream.of(input, output).filter(factor -> factor.entries() > 0);
    }
  }

  /**
   * Factor of a layer.
   *
   * @param order of its matrices
   * @param entries that are kept
   */
  public record Factor(long order, long entries) {

    /** Floating point operations of a direct inverse, 2d³ for every matrix. */
    double refresh() {
      return entries < order * order ? entries : 2.0 * entries * order;
    }

    boolean isOneMatrix() {
      return entries == order * order;
    }
  }

  public ScalingNetwork {
    layers = List.copyOf(layers);
  }

  /** The network that was inspected, in float32. */
  public static ScalingNetwork of(Inspection inspection) {
    return new ScalingNetwork(
        inspection.cost().training(),
        inspection.cost().statistics(),
        inspection.variables().stream()
            .filter(variable -> variable.outcome() != Outcome.EXCLUDED)
            .mapToLong(ScalingNetwork::entries)
            .sum(),
        inspection.layers().stream().map(ScalingNetwork::layer).toList());
  }

  private static long entries(VariableFact variable) {
    return variable.shape().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }

  private static Layer layer(LayerFact layer) {
    long inputs = layer.size().inputSize();
    long outputs = layer.size().outputSize();
    return new Layer(
        layer.size().blocks() * inputs * outputs,
        layer.cost().preconditioning(),
        factor(inputs, layer.input()),
        factor(outputs, layer.output()));
  }

  private static Factor factor(long order, FactorFact fact) {
    return new Factor(order, fact.averageBytes() / Float.BYTES);
  }
}
