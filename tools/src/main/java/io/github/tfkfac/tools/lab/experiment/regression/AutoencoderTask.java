package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.models.arch.Autoencoder;
import io.github.tfkfac.models.data.Samples;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.SigmoidCrossEntropy;
import io.github.tfkfac.tools.run.DataSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A deep autoencoder of images, as in Martens and Grosse (2015, section 13): sigmoid cross-entropy
 * of the pixels, measured by the squared error of the reconstruction besides.
 *
 * @param network what is trained
 * @param data its images
 */
record AutoencoderTask(Autoencoder network, DataSettings data) implements RegressionTask {

  @Override
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", network.name());
    options.put(
        RegressionSettings.UNITS,
        String.join("-", network.units().stream().map(String::valueOf).toList()));
    options.put("dataset", data.dataset());
    options.put("loss", "sigmoid cross-entropy, summed over the pixels");
    options.put("train-images", Integer.toString(data.trainImages()));
    options.put("test-images", Integer.toString(data.testImages()));
    return options;
  }

  @Override
  public String kind() {
    return data.dataset();
  }

  @Override
  public Samples train(long seed) {
    return Samples.reconstruction(data.load().train());
  }

  @Override
  public Samples test(long seed) {
    return Samples.reconstruction(data.test());
  }

  @Override
  public Operand<TFloat32> outputs(LayerContext<TFloat32> context, Operand<TFloat32> inputs) {
    return network.build(context, inputs);
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    return new SigmoidCrossEntropy().loss(tf, outputs, targets);
  }

  @Override
  public PredictiveDistribution<TFloat32> predicted(Operand<TFloat32> outputs) {
    return PredictiveDistribution.bernoulli(outputs);
  }

  @Override
  public String measured() {
    return "error";
  }

  /** {@code ‖σ(z) − t‖²}. */
  @Override
  public Operand<TFloat32> measure(Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    return tf.reduceSum(
        tf.math.squaredDifference(tf.math.sigmoid(outputs), targets), tf.constant(1));
  }

  @Override
  public Map<String, Object> facts(Samples train) {
    return Map.of();
  }

  /** Units of the encoder as their option writes them, such as 250-100-30. */
  static List<Integer> units(String text) {
    return List.of(text.split("-", -1)).stream().map(Integer::valueOf).toList();
  }
}
