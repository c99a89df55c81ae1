package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.experiment.Choice;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentPlan;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Optimizers at settings that were searched for each of them under the same budget. The search
 * trains every setting once, with a seed of its own and, for classifiers, on a part of the training
 * images, and judges it by the rest; the best setting of each optimizer is then trained with all
 * seeds on all training images.
 */
public final class TunedExperiment implements Experiment {

  private static final String TASKS = "tasks";
  private static final String OPTIMIZERS = "optimizers";
  private static final String AUTOENCODER = "autoencoder";
  private static final String SEARCH = "-search";
  private static final long SEARCH_SEED = 1001;
  private static final String DAMPING = "damping";
  private static final String DECAY = "weight-decay";

  /** Tasks of classification: data set and model. */
  private static final List<String> CLASSIFIERS =
      List.of("mnist-mlp", "cifar10-resnet20", "cifar10-vit");

  /** The loss is a sum over pixels, so rates that multiply its gradient itself are small. */
  private static final List<Candidate> OF_AUTOENCODER =
      List.of(
          new Candidate("sgdm", 0.003, "momentum", List.of("0.9", "0.99")),
          new Candidate("adamw", 0.001, DECAY, List.of("0", "0.01")),
          new Candidate("muon", 0.01, DECAY, List.of("0", "0.01")),
          new Candidate("shampoo", 0.001, DECAY, List.of("0", "0.01")),
          new Candidate("soap", 0.001, DECAY, List.of("0", "0.01")),
          new Candidate("kfac", 0.1, DAMPING, List.of("0.1", "1")),
          new Candidate("ekfac", 0.1, DAMPING, List.of("0.1", "1")),
          new Candidate("nkfac", 0.003, DAMPING, List.of("0.01", "0.1")));

  private static final List<Candidate> OF_CLASSIFIERS =
      List.of(
          new Candidate("sgdm", 0.1, DECAY, List.of("0.0005", "0.005")),
          new Candidate("adamw", 0.003, DECAY, List.of("0.05", "0.5")),
          new Candidate("muon", 0.01, DECAY, List.of("0.01", "0.1")),
          new Candidate("shampoo", 0.003, DECAY, List.of("0.05", "0.5")),
          new Candidate("soap", 0.003, DECAY, List.of("0.05", "0.5")),
          new Candidate("kfac", 0.01, DAMPING, List.of("0.001", "0.01")),
          new Candidate("ekfac", 0.01, DAMPING, List.of("0.001", "0.01")),
          new Candidate("nkfac", 0.05, DAMPING, List.of("0.01", "0.1")));

  @Override
  public String name() {
    return "tuned";
  }

  @Override
  public String title() {
    return "Optimizers at settings searched under the same budget";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: the autoencoder 784-1000-500-250-30 on MNIST, 50 epochs, and ResNet-20 and a small"
            + " ViT on CIFAR-10, 50 epochs; 10 settings of each of 8 optimizers, 5 seeds.",
        "small: the autoencoder 784-250-100-30 on 10,000 MNIST images, 20 epochs, and a perceptron"
            + " on them, 8 epochs; 10 settings of each of 8 optimizers, 5 seeds.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(
            TASKS,
            "TASKS",
            "Tasks, separated by commas: autoencoder, %s; the default is the preset's."
                .formatted(String.join(", ", CLASSIFIERS))),
        new Choice(OPTIMIZERS, "NAMES", "Optimizers, separated by commas; default all 8."),
        new Choice("jobs", "N", "Autoencoders trained at a time, one thread each; default 2."));
  }

  @Override
  public int seeds(Preset preset) {
    return 5;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    settings.requireNotGiven(List.of("model", "dataset", "validation-images"));
    List<Series> series = new ArrayList<>();
    for (String task : tasks(settings)) {
      Map<String, String> common = common(settings, task);
      if (!task.equals(AUTOENCODER)) {
        int images = Integer.parseInt(common.getOrDefault("train-images", "0"));
        common.put("validation-images", Integer.toString(images == 0 ? 10_000 : images / 5));
      }
      List<Arm> arms = new ArrayList<>();
      candidates(settings, task).forEach(candidate -> arms.addAll(candidate.arms(common)));
      series.add(new Series(task + SEARCH, kind(task), arms, List.of(SEARCH_SEED)));
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  /** With the best settings of every search whose runs have all ended. */
  @Override
  public ExperimentPlan plan(ExperimentSettings settings, ExperimentResult ended) {
    ExperimentPlan search = plan(settings);
    List<Series> series = new ArrayList<>(search.series());
    for (String task : tasks(settings)) {
      boolean searched =
          ended.missing().stream().noneMatch(run -> run.series().equals(task + SEARCH));
      if (searched) {
        List<Arm> arms = new ArrayList<>();
        for (Candidate candidate : candidates(settings, task)) {
          best(ended, task, candidate)
              .ifPresent(
                  run -> {
                    Map<String, String> options =
                        new LinkedHashMap<>(run.planned().arm().options());
                    options.remove("validation-images");
                    arms.add(new Arm(candidate.optimizer(), options));
                  });
        }
        series.add(new Series(task, kind(task), arms));
      }
    }
    return new ExperimentPlan(series, search.seeds());
  }

  private static List<String> tasks(ExperimentSettings settings) {
    String otherwise =
        settings.preset() == Preset.SMALL
            ? "autoencoder,mnist-mlp"
            : "autoencoder,cifar10-resnet20,cifar10-vit";
    List<String> known = new ArrayList<>(CLASSIFIERS);
    known.add(AUTOENCODER);
    List<String> tasks = List.of(settings.choice(TASKS, otherwise).split(",", -1));
    tasks.forEach(task -> Suggestions.require("task", task, known));
    return tasks;
  }

  private static List<Candidate> candidates(ExperimentSettings settings, String task) {
    List<Candidate> all = task.equals(AUTOENCODER) ? OF_AUTOENCODER : OF_CLASSIFIERS;
    List<String> names = all.stream().map(Candidate::optimizer).toList();
    List<String> wanted =
        List.of(settings.choice(OPTIMIZERS, String.join(",", names)).split(",", -1));
    wanted.forEach(name -> Suggestions.require("optimizer", name, names));
    return all.stream().filter(candidate -> wanted.contains(candidate.optimizer())).toList();
  }

  private static Series.Task kind(String task) {
    return task.equals(AUTOENCODER) ? Series.Task.REGRESSION : Series.Task.CLASSIFICATION;
  }

  private static Map<String, String> common(ExperimentSettings settings, String task) {
    boolean small = settings.preset() == Preset.SMALL;
    if (!task.equals(AUTOENCODER)) {
      String[] parts = task.split("-", 2);
      return small && task.equals("mnist-mlp")
          ? Options.digits(settings, 10_000, 8)
          : settings.runOptions(
              Options.of(
                  "dataset",
                  parts[0],
                  "model",
                  parts[1],
                  "train-images",
                  small ? "10000" : "0",
                  "epochs",
                  small ? "8" : "50",
                  "eval-every",
                  small ? "1" : "5",
                  "batch",
                  "128",
                  "stat-period",
                  "10",
                  "inverse-period",
                  "50"));
    }
    Map<String, String> common =
        settings.runOptions(
            Options.of(
                "dataset", "mnist",
                "train-images", small ? "10000" : "60000",
                "test-images", small ? "5000" : "10000",
                "epochs", small ? "20" : "50",
                "batch", "200",
                "stat-period", "5",
                "inverse-period", "25",
                "weight-decay", "0"));
    common.put("units", small ? "250-100-30" : "1000-500-250-30");
    return common;
  }

  /** The run of a search with the best score. */
  private static Optional<MeasuredRun> best(
      ExperimentResult result, String task, Candidate candidate) {
    return result.runs().stream()
        .filter(run -> run.planned().series().equals(task + SEARCH) && run.complete())
        .filter(run -> candidate.optimizer().equals(run.planned().arm().options().get("optimizer")))
        .filter(run -> Double.isFinite(score(task, run)))
        .max(Comparator.comparingDouble(run -> score(task, run)));
  }

  /** The larger the better. */
  private static double score(String task, MeasuredRun run) {
    return task.equals(AUTOENCODER) ? -run.result("train_loss") : run.finished().testAccuracy();
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    return List.of(
        ClassifierMetrics.ACCURACY,
        new Metric("train_loss", "training loss", 3, run -> run.result("train_loss")),
        new Metric("train_error", "training error", 3, run -> run.result("train_error")),
        new Metric("test_error", "test error", 3, run -> run.result("test_error")),
        ClassifierMetrics.STEP_MILLIS,
        ClassifierMetrics.TRAINING_SECONDS);
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    List<Section> findings = new ArrayList<>();
    for (String task : tasks(result.settings())) {
      if (result.series().contains(task)) {
        Map<Candidate, Optional<MeasuredRun>> chosen = new LinkedHashMap<>();
        candidates(result.settings(), task)
            .forEach(candidate -> chosen.put(candidate, best(result, task, candidate)));
        findings.addAll(
            new TunedNumbers(result, task, task.equals(AUTOENCODER), chosen).findings());
      } else {
        findings.add(
            new Paragraph("The search of " + task + " has not ended; there is nothing to say."));
      }
    }
    return findings;
  }
}
