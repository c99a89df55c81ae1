package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.precondition.BlockPreconditioner;
import io.github.tfkfac.precondition.WeightMatrix;
import io.github.tfkfac.precondition.WeightMatrix.Parts;
import io.github.tfkfac.state.GraphVariable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Turns the gradients of captured layers into the directions along which they move. */
final class Directions<T extends TNumber> {

  private final CurvatureOptions options;
  private final List<LayerState<T>> layers;
  private final Class<T> type;

  Directions(CurvatureOptions options, List<LayerState<T>> layers, Class<T> type) {
    this.options = options;
    this.layers = layers;
    this.type = type;
  }

  Map<String, Operand<T>> of(Ops tf, Map<String, Operand<T>> gradients) {
    Map<String, Operand<T>> directions = new LinkedHashMap<>();
    for (LayerState<T> layer : layers) {
      LayerSite<T> site = layer.site();
      Operand<T> gradient = matrix(tf, site, gradients);
      Operand<T> direction =
          options.normControl().apply(tf, precondition(tf, layer, gradient), gradient, type);
      Parts<T> parts = WeightMatrix.split(tf, site, direction);
      directions.put(site.name(), parts.weight());
      parts
          .bias()
          .ifPresent(
              value -> directions.put(site.bias().map(GraphVariable::name).orElseThrow(), value));
    }
    return directions;
  }

  private Operand<T> precondition(Ops tf, LayerState<T> layer, Operand<T> gradient) {
    return new BlockPreconditioner<>(
            layer.input().inverse().orElseThrow().read(tf),
            layer.output().inverse().orElseThrow().read(tf))
        .apply(tf, gradient);
  }

  private static <T extends TNumber> Operand<T> matrix(
      Ops tf, LayerSite<T> site, Map<String, Operand<T>> gradients) {
    return WeightMatrix.join(
        tf,
        site,
        new Parts<>(
            required(gradients, site.name()),
            site.bias().map(bias -> required(gradients, bias.name()))));
  }

  private static <T extends TNumber> Operand<T> required(
      Map<String, Operand<T>> gradients, String name) {
    Operand<T> gradient = gradients.get(name);
    if (gradient == null) {
      throw new IllegalStateException("no gradient for '" + name + "'");
    }
    return gradient;
  }
}
