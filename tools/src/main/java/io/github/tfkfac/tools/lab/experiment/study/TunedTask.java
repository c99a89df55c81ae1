package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Task of a tuned comparison.
 *
 * @param name on the command line and of folders
 * @param kind of training
 * @param small options of its runs in the small preset
 * @param paper those that differ in the other preset
 * @param candidates optimizers and the settings that are tried for them
 */
record TunedTask(
    String name,
    Series.Task kind,
    Map<String, String> small,
    Map<String, String> paper,
    List<Candidate> candidates) {

  /** Choice with the folder of the model that is fine-tuned, also an option of its runs. */
  static final String MODEL = "saved-model";

  private static final String DAMPING = "damping";
  private static final String DECAY = "weight-decay";
  private static final String VALIDATION = "validation-images";
  private static final String PERIOD = "inverse-period";

  /** The loss is a sum over pixels, so rates that multiply its gradient itself are small. */
  private static final List<Candidate> OF_AUTOENCODER =
      List.of(
          new Candidate("sgdm", 0.003, "momentum", List.of("0.9", "0.99")),
          new Candidate("adamw", 0.01, DECAY, List.of("0", "0.01")),
          new Candidate("muon", 0.1, DECAY, List.of("0", "0.01")),
          new Candidate("shampoo", 0.01, DECAY, List.of("0", "0.01")),
          new Candidate("soap", 0.01, DECAY, List.of("0", "0.01")),
          sampled("kfac"),
          sampled("ekfac"),
          new Candidate("nkfac", 0.03, DAMPING, List.of("0.01", "0.1")));

  private static final List<Candidate> OF_CLASSIFIERS = classifiers(1);

  private static final TunedTask AUTOENCODER =
      new TunedTask(
          "autoencoder",
          Series.Task.REGRESSION,
          Options.of(
              "dataset",
              "mnist",
              "train-images",
              "10000",
              "test-images",
              "5000",
              "epochs",
              "10",
              "batch",
              "200",
              "stat-period",
              "5",
              PERIOD,
              "25",
              DECAY,
              "0",
              "units",
              "250-100-30"),
          Options.of(
              "train-images", "60000",
              "test-images", "10000",
              "epochs", "50",
              "units", "1000-500-250-30"),
          OF_AUTOENCODER);

  static final List<TunedTask> ALL =
      List.of(
          AUTOENCODER,
          classifier("mnist", "mlp", "8", OF_CLASSIFIERS),
          classifier("cifar10", "resnet20", "8", OF_CLASSIFIERS),
          classifier("cifar10", "vit", "8", OF_CLASSIFIERS),
          classifier("cifar10", "finetune", "2", classifiers(0.1)));

  /** As in Martens and Grosse: Fisher matrix of targets that the network draws. */
  private static Candidate sampled(String optimizer) {
    return new Candidate(
        optimizer,
        "kl-clip",
        1,
        DAMPING,
        List.of("0.3", "1"),
        Options.of("fisher", "sampled", "lr", "1"));
  }

  private static List<Candidate> classifiers(double factor) {
    return List.of(
        new Candidate("sgdm", 0.1 * factor, DECAY, List.of("0.0005", "0.005")),
        new Candidate("adamw", 0.003 * factor, DECAY, List.of("0.05", "0.5")),
        new Candidate("muon", 0.01 * factor, DECAY, List.of("0.01", "0.1")),
        new Candidate("shampoo", 0.003 * factor, DECAY, List.of("0.05", "0.5")),
        new Candidate("soap", 0.003 * factor, DECAY, List.of("0.05", "0.5")),
        new Candidate("kfac", 0.01 * factor, DAMPING, List.of("0.001", "0.01")),
        new Candidate("ekfac", 0.01 * factor, DAMPING, List.of("0.001", "0.01")),
        new Candidate("nkfac", 0.05 * factor, DAMPING, List.of("0.01", "0.1")));
  }

  private static TunedTask classifier(
      String dataset, String model, String epochs, List<Candidate> candidates) {
    Map<String, String> small =
        Options.of(
            "dataset",
            dataset,
            "train-images",
            "10000",
            "test-images",
            dataset.equals("mnist") ? "5000" : "0",
            "epochs",
            epochs,
            "eval-every",
            "1",
            "batch",
            "128",
            "stat-period",
            "10",
            PERIOD,
            "50",
            "checkpoint-every",
            epochs);
    boolean built = !model.equals("finetune");
    if (built) {
      small.put("model", model);
    }
    return new TunedTask(
        dataset + "-" + model,
        Series.Task.CLASSIFICATION,
        small,
        Options.of(
            "train-images", "0",
            "test-images", "0",
            "epochs", built ? "50" : "10",
            "eval-every", built ? "5" : "1",
            "checkpoint-every", built ? "5" : "1"),
        candidates);
  }

  boolean regression() {
    return kind == Series.Task.REGRESSION;
  }

  /** Name of the series of the search. */
  String search() {
    return name + "-search";
  }

  /** Options of all runs but those of the search. */
  Map<String, String> options(ExperimentSettings settings) {
    Map<String, String> ofPreset = new LinkedHashMap<>(small);
    if (settings.preset() != Preset.SMALL) {
      ofPreset.putAll(paper);
    }
    Map<String, String> options = settings.runOptions(ofPreset);
    options.putIfAbsent("renewal-period", options.getOrDefault(PERIOD, ""));
    if (regression() || small.containsKey("model")) {
      options.remove(MODEL);
    } else if (!options.containsKey(MODEL)) {
      throw new UserError(
          "expected --%s with the folder of the model that %s trains, found none; give it or other --tasks"
              .formatted(MODEL, name));
    }
    return options;
  }

  /** All settings that are tried for some of the optimizers. */
  List<Arm> searched(ExperimentSettings settings, List<Candidate> some) {
    Map<String, String> options = options(settings);
    if (!regression()) {
      int images = Integer.parseInt(options.getOrDefault("train-images", "0"));
      options.put(VALIDATION, Integer.toString(images == 0 ? 10_000 : images / 5));
    }
    List<Arm> arms = new ArrayList<>();
    some.forEach(candidate -> arms.addAll(candidate.arms(options)));
    return arms;
  }

  /** The arm of an optimizer at the setting of a run of the search. */
  static Arm chosen(Candidate candidate, MeasuredRun run) {
    Map<String, String> options = new LinkedHashMap<>(run.planned().arm().options());
    options.remove(VALIDATION);
    return new Arm(candidate.optimizer(), options);
  }

  /** Score of a run of the search, the larger the better. */
  double score(MeasuredRun run) {
    return regression() ? -run.result("train_loss") : run.finished().testAccuracy();
  }
}
