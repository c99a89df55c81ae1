package io.github.tfkfac.testing;

import io.github.tfkfac.capture.BackwardPass;
import io.github.tfkfac.capture.Tap;
import io.github.tfkfac.graph.LayerScanner;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.graph.TrainableVariables;
import io.github.tfkfac.graph.TrainableVariables.Trainable;
import io.github.tfkfac.graph.VariableFilter;
import io.github.tfkfac.precondition.WeightMatrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat64;

/** Every layer that a loss trains, with what flows through it. */
public final class CapturedLayers {

  public final List<Tap<TFloat64>> taps;

  private final TestGraph<TFloat64> graph;
  private final Map<String, Operand<TFloat64>> gradients = new LinkedHashMap<>();

  @SuppressWarnings("unchecked") // all variables of these graphs are float64
  public CapturedLayers(TestGraph<TFloat64> graph, Operand<TFloat64> loss) {
    this.graph = graph;
    List<Operand<TFloat64>> losses = List.of(loss);
    TrainableVariables variables =
        TrainableVariables.find(
            graph.graph, losses, VariableFilter.allButMovingStatistics(), List.of());
    List<Trainable<TFloat64>> trained = new ArrayList<>();
    variables.trained().forEach(one -> trained.add((Trainable<TFloat64>) one));
    List<LayerSite<TFloat64>> sites = new ArrayList<>();
    LayerScanner.scan(variables, losses, VariableFilter.allButMovingStatistics())
        .sites()
        .forEach(site -> sites.add((LayerSite<TFloat64>) site));
    BackwardPass<TFloat64> pass = BackwardPass.build(graph.graph, graph.tf, losses, trained, sites);
    taps = pass.taps();
    for (int i = 0; i < trained.size(); i++) {
      gradients.put(trained.get(i).name(), pass.gradients().get(i));
    }
  }

  /** The gradient of a layer's weight and bias as one matrix. */
  public Operand<TFloat64> weightGradient(LayerSite<TFloat64> site) {
    return WeightMatrix.join(
        graph.tf,
        site,
        new WeightMatrix.Parts<>(
            gradients.get(site.name()), site.bias().map(bias -> gradients.get(bias.name()))));
  }
}
