package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.models.arch.Autoencoder;
import io.github.tfkfac.models.arch.DeepLinear;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings that determine the training of a regression.
 *
 * @param task what is trained on what
 * @param optimizer what trains it
 * @param epochs passes over the samples
 * @param batch samples per step; the last of an epoch are a smaller batch
 * @param samples number of training samples
 * @param seed of samples, initial values and order
 */
record RegressionSettings(
    RegressionTask task,
    OptimizerSettings optimizer,
    int epochs,
    int batch,
    int samples,
    long seed) {

  /** Option with the number of hidden layers of the deep linear network. */
  static final String LAYERS = "layers";

  /** Option with the number of units of a hidden layer of the deep linear network. */
  static final String WIDTH = "width";

  /** Option with the numbers of units of an autoencoder's encoder, such as 250-100-30. */
  static final String UNITS = "units";

  /** The settings of a planned run, whose arm has all of the options. */
  static RegressionSettings of(PlannedRun run) {
    Map<String, String> options = new LinkedHashMap<>(run.arm().options());
    String layers = options.remove(LAYERS);
    String width = options.remove(WIDTH);
    String units = options.remove(UNITS);
    RunSettings settings = RunSettings.of(options);
    DataSettings data = settings.data();
    RegressionTask task =
        units == null
            ? new PlantedTask(
                new DeepLinear(count(layers), count(width)), data.trainImages(), data.testImages())
            : new AutoencoderTask(new Autoencoder(AutoencoderTask.units(units)), data);
    return new RegressionSettings(
        task,
        settings.optimizer(),
        settings.epochs(),
        settings.batch(),
        data.trainImages() == 0 ? task.train(run.seed()).size() : data.trainImages(),
        run.seed());
  }

  private static int count(@org.jspecify.annotations.Nullable String text) {
    return text == null ? 0 : Integer.parseInt(text);
  }

  int stepsPerEpoch() {
    return (samples + batch - 1) / batch;
  }

  long totalSteps() {
    return (long) epochs * stepsPerEpoch();
  }

  /** Everything by option name, for records. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>(task.options());
    options.putAll(optimizer.values());
    options.put("epochs", Integer.toString(epochs));
    options.put("batch", Integer.toString(batch));
    options.put("seed", Long.toString(seed));
    options.put("threads", "1");
    return options;
  }
}
