package example;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.Damping;
import java.util.List;

/** A damping for the last layer, and a layer without preconditioning, on top of a preset. */
public final class LayerDamping {
  private LayerDamping() {}

  static KfacOptions options() {
    return KfacOptions.nkfac()
        .withLearningRate(0.05)
        .withDamping(Damping.relative(0.02)) // of a factor's largest eigenvalue, everywhere
        .withLayer("head/*", layer -> layer.withDamping(Damping.relative(0.05))) // but here
        .withSkippedLayers("features/*");
  }

  public static void main(String[] arguments) {
    try (DigitsModel model = new DigitsModel()) {
      System.out.println("losses " + train(model, new Kfac(model.graph, options())));
    }
  }

  static List<Float> train(DigitsModel model, Kfac optimizer) {
    List<Float> losses = model.train(optimizer.minimize(model.loss), 40);
    optimizer.layers().forEach(layer -> System.out.println("preconditioned: " + layer.name()));
    return losses;
  }
}
