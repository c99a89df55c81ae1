package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.models.arch.DeepLinear;
import io.github.tfkfac.models.data.PlantedTargets;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings that determine a training on planted targets.
 *
 * @param network what is trained
 * @param trainSamples training samples
 * @param testSamples test samples
 * @param optimizer what trains it
 * @param epochs passes over the samples
 * @param batch samples per step; the last of an epoch are a smaller batch
 * @param seed of samples, initial values and order
 */
record PlantedSettings(
    DeepLinear network,
    int trainSamples,
    int testSamples,
    OptimizerSettings optimizer,
    int epochs,
    int batch,
    long seed) {

  /** Inputs of a sample. */
  static final int INPUTS = 10;

  /** Option with the number of hidden layers. */
  static final String LAYERS = "layers";

  /** Option with the number of units of a hidden layer. */
  static final String WIDTH = "width";

  /** The settings of a planned run, whose arm has all of the options. */
  static PlantedSettings of(PlannedRun run) {
    Map<String, String> options = new LinkedHashMap<>(run.arm().options());
    DeepLinear network =
        new DeepLinear(count(options.remove(LAYERS)), count(options.remove(WIDTH)));
    RunSettings settings = RunSettings.of(options);
    return new PlantedSettings(
        network,
        settings.data().trainImages(),
        settings.data().testImages(),
        settings.optimizer(),
        settings.epochs(),
        settings.batch(),
        run.seed());
  }

  private static int count(@org.jspecify.annotations.Nullable String text) {
    return text == null ? 0 : Integer.parseInt(text);
  }

  /** The training samples. */
  PlantedTargets train() {
    return PlantedTargets.draw(INPUTS, 0, trainSamples, seed);
  }

  /** The test samples: none of the training samples, from the same planted network. */
  PlantedTargets test() {
    return PlantedTargets.draw(INPUTS, trainSamples, testSamples, seed);
  }

  int stepsPerEpoch() {
    return (trainSamples + batch - 1) / batch;
  }

  long totalSteps() {
    return (long) epochs * stepsPerEpoch();
  }

  /** Everything by option name, for records. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", network.name());
    options.put(LAYERS, Integer.toString(network.layers()));
    options.put(WIDTH, Integer.toString(network.width()));
    options.put("loss", "half the squared error");
    options.putAll(optimizer.values());
    options.put("epochs", Integer.toString(epochs));
    options.put("batch", Integer.toString(batch));
    options.put("train-images", Integer.toString(trainSamples));
    options.put("test-images", Integer.toString(testSamples));
    options.put("seed", Long.toString(seed));
    options.put("threads", "1");
    return options;
  }
}
