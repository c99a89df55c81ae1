package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.models.arch.DeepLinear;
import io.github.tfkfac.models.data.PlantedTargets;
import io.github.tfkfac.models.data.Samples;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.MeanSquaredError;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The deep linear network on planted targets.
 *
 * @param network what is trained
 * @param trainSamples training samples
 * @param testSamples test samples: none of the training samples, from the same planted network
 */
record PlantedTask(DeepLinear network, int trainSamples, int testSamples)
    implements RegressionTask {

  /** Inputs of a sample. */
  static final int INPUTS = 10;

  /** Entry of the result with the smallest training loss of any linear network. */
  static final String LEAST_LOSS = "least_squares_loss";

  @Override
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", network.name());
    options.put(RegressionSettings.LAYERS, Integer.toString(network.layers()));
    options.put(RegressionSettings.WIDTH, Integer.toString(network.width()));
    options.put("loss", "half the squared error");
    options.put("train-images", Integer.toString(trainSamples));
    options.put("test-images", Integer.toString(testSamples));
    return options;
  }

  @Override
  public String kind() {
    return "planted";
  }

  @Override
  public Samples train(long seed) {
    return PlantedTargets.draw(INPUTS, 0, trainSamples, seed);
  }

  @Override
  public Samples test(long seed) {
    return PlantedTargets.draw(INPUTS, trainSamples, testSamples, seed);
  }

  @Override
  public Operand<TFloat32> outputs(LayerContext<TFloat32> context, Operand<TFloat32> inputs) {
    return network.build(context, inputs);
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    return new MeanSquaredError().loss(tf, outputs, targets);
  }

  @Override
  public PredictiveDistribution<TFloat32> predicted(Operand<TFloat32> outputs) {
    return PredictiveDistribution.gaussian(outputs);
  }

  @Override
  public String measured() {
    return "accuracy";
  }

  /** Whether the output has the target's sign. */
  @Override
  public Operand<TFloat32> measure(Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    return tf.dtypes.cast(
        tf.math.greater(tf.math.mul(outputs, targets), tf.constant(0f)), TFloat32.class);
  }

  @Override
  public Map<String, Object> facts(Samples train) {
    return Map.of(LEAST_LOSS, LeastSquares.loss(train));
  }
}
