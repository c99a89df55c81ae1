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
  private static final long SEARCH_SEED = 1001;

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
        "small: the autoencoder 784-250-100-30 on 10,000 MNIST images, 10 epochs, and a perceptron"
            + " on them, 8 epochs; 10 settings of each of 8 optimizers, 5 seeds.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(
            TASKS,
            "TASKS",
            "Tasks, separated by commas: %s; the default is the preset's."
                .formatted(String.join(", ", names()))),
        new Choice(
            TunedTask.MODEL, "FOLDER", "SavedModel that the task cifar10-finetune trains further."),
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
    for (TunedTask task : tasks(settings)) {
      series.add(
          new Series(
              task.search(),
              task.kind(),
              task.searched(settings, candidates(settings, task)),
              List.of(SEARCH_SEED)));
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  /** With the best settings of every search whose runs have all ended. */
  @Override
  public ExperimentPlan plan(ExperimentSettings settings, ExperimentResult ended) {
    ExperimentPlan search = plan(settings);
    List<Series> series = new ArrayList<>(search.series());
    for (TunedTask task : tasks(settings)) {
      if (ended.missing().stream().noneMatch(run -> run.series().equals(task.search()))) {
        List<Arm> arms = new ArrayList<>();
        chosen(ended, task)
            .forEach(
                (candidate, best) ->
                    best.ifPresent(run -> arms.add(TunedTask.chosen(candidate, run))));
        series.add(new Series(task.name(), task.kind(), arms));
      }
    }
    return new ExperimentPlan(series, search.seeds());
  }

  private static List<String> names() {
    return TunedTask.ALL.stream().map(TunedTask::name).toList();
  }

  private static List<TunedTask> tasks(ExperimentSettings settings) {
    String otherwise =
        settings.preset() == Preset.SMALL
            ? "autoencoder,mnist-mlp"
            : "autoencoder,cifar10-resnet20,cifar10-vit";
    List<String> wanted = List.of(settings.choice(TASKS, otherwise).split(",", -1));
    wanted.forEach(task -> Suggestions.require("task", task, names()));
    return TunedTask.ALL.stream().filter(task -> wanted.contains(task.name())).toList();
  }

  private static List<Candidate> candidates(ExperimentSettings settings, TunedTask task) {
    List<String> names = task.candidates().stream().map(Candidate::optimizer).toList();
    List<String> wanted =
        List.of(settings.choice(OPTIMIZERS, String.join(",", names)).split(",", -1));
    wanted.forEach(name -> Suggestions.require("optimizer", name, names));
    return task.candidates().stream()
        .filter(candidate -> wanted.contains(candidate.optimizer()))
        .toList();
  }

  /** The run of the search with the best score, for each optimizer. */
  private static Map<Candidate, Optional<MeasuredRun>> chosen(
      ExperimentResult result, TunedTask task) {
    Map<Candidate, Optional<MeasuredRun>> chosen = new LinkedHashMap<>();
    for (Candidate candidate : candidates(result.settings(), task)) {
      chosen.put(
          candidate,
          result.runs().stream()
              .filter(run -> run.planned().series().equals(task.search()) && run.complete())
              .filter(
                  run ->
                      candidate.optimizer().equals(run.planned().arm().options().get("optimizer")))
              .filter(run -> Double.isFinite(task.score(run)))
              .max(Comparator.comparingDouble(task::score)));
    }
    return chosen;
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
    for (TunedTask task : tasks(result.settings())) {
      if (result.series().contains(task.name())) {
        findings.addAll(new TunedNumbers(result, task, chosen(result, task)).findings());
      } else {
        findings.add(
            new Paragraph(
                "The search of " + task.name() + " has not ended; there is nothing to say."));
      }
    }
    return findings;
  }
}
