package example;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.Soap;
import io.github.tfkfac.TrainingOptions;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.framework.optimizers.Optimizer;

/** Muon, Shampoo and SOAP, which take nothing but gradients. */
public final class OtherOptimizers {
  private OtherOptimizers() {}

  public static void main(String[] arguments) {
    for (String name : List.of("muon", "shampoo", "soap")) {
      System.out.println(name + " losses " + train(name));
    }
  }

  static List<Float> train(String name) {
    try (DigitsModel model = new DigitsModel()) {
      return model.train(optimizer(name, model.graph).minimize(model.loss), 40);
    }
  }

  private static Optimizer optimizer(String name, Graph graph) {
    return switch (name) {
      case "muon" -> new FirstOrder(graph, TrainingOptions.muon(1e-2, 0.1));
      case "shampoo" -> new FirstOrder(graph, TrainingOptions.shampoo(1e-2, 0.1));
      default -> new FirstOrder(graph, soap());
    };
  }

  private static TrainingOptions soap() {
    return TrainingOptions.soap(1e-2, 0.01)
        .withRule(Soap.standard().withRefreshes(RefreshPolicy.exactEvery(20).staggered()));
  }
}
