package io.github.tfkfac.testing;

import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.capture.BackwardPass;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import io.github.tfkfac.internal.precondition.WeightMatrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * Every layer that a loss trains, with what flows through it.
 *
 * @param <T> element type
 */
public final class CapturedLayers<T extends TNumber> {

  public final List<Tap<T>> taps;

  private final TestGraph<T> graph;
  private final Map<String, Operand<T>> gradients = new LinkedHashMap<>();

  @SuppressWarnings("unchecked") // all variables of a graph have its type
  public CapturedLayers(TestGraph<T> graph, Operand<T> loss) {
    this.graph = graph;
    List<Operand<T>> losses = List.of(loss);
    TrainableVariables variables =
        TrainableVariables.find(
            graph.graph, losses, VariableFilter.allButMovingStatistics(), List.of());
    List<Trainable<T>> trained = new ArrayList<>();
    variables.trained().forEach(one -> trained.add((Trainable<T>) one));
    List<LayerSite<T>> sites = new ArrayList<>();
    LayerScanner.scan(variables, losses, VariableFilter.allButMovingStatistics())
        .sites()
        .forEach(site -> sites.add((LayerSite<T>) site));
    BackwardPass<T> pass = BackwardPass.build(graph.graph, graph.tf, losses, trained, sites);
    taps = pass.taps();
    for (int i = 0; i < trained.size(); i++) {
      gradients.put(trained.get(i).name(), pass.gradients().get(i));
    }
  }

  /** The gradient of a layer's weight and bias as one matrix. */
  public Operand<T> weightGradient(LayerSite<T> site) {
    return WeightMatrix.join(
        graph.tf,
        site,
        new WeightMatrix.Parts<>(
            gradients.get(site.name()), site.bias().map(bias -> gradients.get(bias.name()))));
  }
}
