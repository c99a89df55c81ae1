package io.github.tfkfac.tools.experiment.study;

import io.github.tfkfac.tools.compare.Arm;
import io.github.tfkfac.tools.compare.ComparisonCurves;
import io.github.tfkfac.tools.compare.ComparisonText;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.experiment.Choice;
import io.github.tfkfac.tools.experiment.Experiment;
import io.github.tfkfac.tools.experiment.ExperimentPlan;
import io.github.tfkfac.tools.experiment.ExperimentResult;
import io.github.tfkfac.tools.experiment.ExperimentSettings;
import io.github.tfkfac.tools.experiment.Finding;
import io.github.tfkfac.tools.experiment.Measure;
import io.github.tfkfac.tools.experiment.MeasureTable;
import io.github.tfkfac.tools.experiment.Preset;
import io.github.tfkfac.tools.experiment.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Seven optimizers at the NKFAC paper's learning rates and weight decays (Sun et al. 2023,
 * supplement, table 1).
 */
public final class OptimizersExperiment implements Experiment {

  private static final String LEARNING_RATE = "lr, paper";
  private static final String WEIGHT_DECAY = "weight decay, paper";
  private static final List<String> MODELS =
      List.of("resnet18", "resnet50", "vgg11", "vgg19", "densenet121");

  /**
   * A column of the table.
   *
   * @param learningRate initial learning rate
   * @param weightDecay weight decay
   */
  private record Setting(String learningRate, String weightDecay) {}

  private static final Map<String, Setting> TABLE_1 = table1();

  private static Map<String, Setting> table1() {
    Map<String, Setting> table = new LinkedHashMap<>();
    table.put("sgdm", new Setting("0.1", "0.0005"));
    table.put("adamw", new Setting("0.001", "0.5"));
    table.put("radam", new Setting("0.001", "0.5"));
    table.put("adabelief", new Setting("0.001", "0.5"));
    table.put("kfac", new Setting("0.0005", "0.1"));
    table.put("skfac", new Setting("0.0005", "0.1"));
    table.put("nkfac", new Setting("0.05", "0.001"));
    return table;
  }

  @Override
  public String name() {
    return "optimizers";
  }

  @Override
  public String title() {
    return "Seven optimizers at the settings of NKFAC's tables 1 and 2";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: CIFAR-100 and CIFAR-10 with "
            + String.join(", ", MODELS)
            + ", 200 epochs, batch 128, 3 seeds.",
        "small: a perceptron on 10,000 MNIST images, 8 epochs, periods 10/50, 3 seeds.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(
            "tasks",
            "TASKS",
            "Tasks of the paper preset, such as cifar100-resnet18, separated by commas; default"
                + " all."));
  }

  @Override
  public int seeds(Preset preset) {
    return 3;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    List<Series> series = new ArrayList<>();
    if (settings.preset() == Preset.SMALL) {
      Map<String, String> common = Options.digits(settings, 10_000, 8);
      series.add(Series.classification(Options.series(common), arms(common)));
    } else {
      List<String> all = paperTasks();
      @Nullable String wanted = settings.given().get("tasks");
      for (String task : wanted == null ? all : List.of(wanted.split(","))) {
        Suggestions.require("task", task, all);
        String[] parts = task.split("-", 2);
        Map<String, String> common = Options.nkfacPaper(settings, parts[0], parts[1]);
        series.add(Series.classification(task, arms(common)));
      }
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  private static List<String> paperTasks() {
    List<String> tasks = new ArrayList<>();
    for (String dataset : List.of("cifar100", "cifar10")) {
      MODELS.forEach(model -> tasks.add(dataset + "-" + model));
    }
    return tasks;
  }

  private static List<Arm> arms(Map<String, String> common) {
    List<Arm> arms = new ArrayList<>();
    TABLE_1.forEach(
        (optimizer, setting) ->
            arms.add(
                Options.arm(
                    optimizer,
                    common,
                    "optimizer",
                    optimizer,
                    "lr",
                    setting.learningRate(),
                    "weight-decay",
                    setting.weightDecay())));
    return arms;
  }

  @Override
  public List<Measure> measures(ExperimentSettings settings) {
    return ClassifierMeasures.standard();
  }

  @Override
  public List<Finding> findings(ExperimentResult result) {
    List<Finding> findings = new ArrayList<>();
    for (String series : result.series()) {
      findings.add(new Finding.Title("Result on " + series));
      MeasureTable table = new MeasureTable(result, series, ClassifierMeasures.standard());
      findings.add(
          new Finding.Numbers(
              table.table(List.of(LEARNING_RATE, WEIGHT_DECAY), OptimizersExperiment::paper)));
      ComparisonText.of(result.comparison(series))
          .forEach(line -> findings.add(new Finding.Text(line)));
      findings.add(
          new Finding.Picture(
              "curves-" + series,
              "Test accuracy and training loss against step and time on "
                  + series
                  + ": means over the seeds with 95 % intervals.",
              List.copyOf(ComparisonCurves.plots(result.comparison(series)))));
    }
    findings.add(
        new Finding.Text(
            "The paper's tables 1 and 2 give learning rates and weight decays, which the arms use;"
                + " the accuracies that belong to them are in its main text, not in the"
                + " supplement, so that no figure of the paper stands beside the measured ones."
                + " Table 2 is of ImageNet, for which this program has no reader."));
    return findings;
  }

  private static Map<String, String> paper(String arm) {
    Setting setting = TABLE_1.get(arm);
    return setting == null
        ? Map.of()
        : Map.of(LEARNING_RATE, setting.learningRate(), WEIGHT_DECAY, setting.weightDecay());
  }
}
