package example;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PredictiveDistribution;
import java.util.List;

/** EKFAC with targets drawn from the distribution that the model predicts. */
public final class SampledFisher {
  private SampledFisher() {}

  public static void main(String[] arguments) {
    System.out.println("losses " + train());
  }

  static List<Float> train() {
    KfacOptions options =
        KfacOptions.ekfac().withFisher(Fisher.sampled(1)).withPeriods(1, 5).withLearningRate(0.01);
    try (DigitsModel model = new DigitsModel()) {
      var predicted = List.of(PredictiveDistribution.categorical(model.logits));
      Kfac optimizer = new Kfac(model.graph, options, predicted);
      return model.train(optimizer.minimize(model.loss), 40);
    }
  }
}
