package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/** Option maps of arms. */
final class Options {

  private Options() {}

  /** Names and values in turn. */
  static Map<String, String> of(String... namesAndValues) {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return options;
  }

  /** An arm with the options that all arms share and its own. */
  static Arm arm(String label, Map<String, String> common, String... namesAndValues) {
    Map<String, String> options = new LinkedHashMap<>(common);
    options.putAll(of(namesAndValues));
    return new Arm(label, options);
  }

  /**
   * The perceptron on a part of MNIST, on which a step takes some milliseconds; periods 10 and 50,
   * so that a short run has refreshes of all kinds.
   */
  static Map<String, String> digits(ExperimentSettings settings, int images, int epochs) {
    return settings.runOptions(
        of(
            "dataset", "mnist",
            "model", "mlp",
            "train-images", Integer.toString(images),
            "test-images", "5000",
            "epochs", Integer.toString(epochs),
            "batch", "128",
            "stat-period", "10",
            "inverse-period", "50",
            "checkpoint-every", Integer.toString(epochs)));
  }

  /** A network at the NKFAC paper's settings for small images. */
  static Map<String, String> nkfacPaper(ExperimentSettings settings, String dataset, String model) {
    return settings.runOptions(
        of("dataset", dataset, "model", model, "epochs", "200", "batch", "128"));
  }

  /** Name of a series that trains with these options. */
  static String series(Map<String, String> options) {
    return options.get("dataset") + "-" + options.get("model");
  }
}
