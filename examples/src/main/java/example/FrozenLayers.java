package example;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.VariableFilter;
import java.util.List;

/** Trains the dense layers of a network and leaves its convolution as it is. */
public final class FrozenLayers {
  private FrozenLayers() {}

  public static void main(String[] arguments) {
    try (DigitsModel model = new DigitsModel()) {
      System.out.println("losses " + train(model));
    }
  }

  static Kfac optimizer(DigitsModel model) {
    KfacOptions options =
        KfacOptions.nkfac()
            .withLearningRate(0.05)
            .withVariables(VariableFilter.except("features/*"));
    return new Kfac(model.graph, options);
  }

  static List<Float> train(DigitsModel model) {
    Kfac optimizer = optimizer(model);
    List<Float> losses = model.train(optimizer.minimize(model.loss), 40);
    System.out.println(optimizer.scanReport()); // what happens to every variable, and why
    return losses;
  }
}
