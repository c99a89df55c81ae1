package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.compare.ComparisonCurves;
import io.github.tfkfac.tools.lab.compare.ComparisonText;
import io.github.tfkfac.tools.lab.experiment.Choice;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentPlan;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Seven optimizers at the NKFAC paper's learning rates and weight decays (Sun et al. 2023,
 * supplement, tables 1 and 2).
 */
public final class OptimizersExperiment implements Experiment {

  private static final String LEARNING_RATE = "lr, paper";
  private static final String WEIGHT_DECAY = "weight decay, paper";
  private static final List<String> MODELS =
      List.of("resnet18", "resnet50", "vgg11", "vgg19", "densenet121");

  private static final String IMAGENET = "imagenet";
  private static final List<String> OPTIMIZERS =
      List.of("sgdm", "adamw", "radam", "adabelief", "kfac", "skfac", "nkfac");

  /** Learning rates of both tables, in the order of the optimizers. */
  private static final List<String> RATES =
      List.of("0.1", "0.001", "0.001", "0.001", "0.0005", "0.0005", "0.05");

  private static final List<String> DECAYS_TABLE_1 =
      List.of("0.0005", "0.5", "0.5", "0.5", "0.1", "0.1", "0.001");
  private static final List<String> DECAYS_TABLE_2 =
      List.of("0.0001", "0.1", "0.1", "0.5", "0.02", "0.02", "0.0002");

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
            + ", 200 epochs, batch 128, 3 seeds; on request ImageNet with resnet18 and resnet50, 90"
            + " epochs, batch 256.",
        "small: a perceptron on 10,000 MNIST images, 8 epochs, periods 10/50, 3 seeds.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(
            "tasks",
            "TASKS",
            "Tasks of the paper preset, such as cifar100-resnet18 or imagenet-resnet50, separated"
                + " by commas; default all of CIFAR."));
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    List<Series> series = new ArrayList<>();
    if (settings.preset() == Preset.SMALL) {
      Map<String, String> common = Options.digits(settings, 10_000, 8);
      series.add(Series.classification(Options.series(common), arms(common, "")));
    } else {
      List<String> known = new ArrayList<>(cifarTasks());
      known.addAll(List.of(IMAGENET + "-resnet18", IMAGENET + "-resnet50"));
      @Nullable String wanted = settings.given().get("tasks");
      for (String task : wanted == null ? cifarTasks() : List.of(wanted.split(",", -1))) {
        Suggestions.require("task", task, known);
        String[] parts = task.split("-", 2);
        Map<String, String> common =
            parts[0].equals(IMAGENET)
                ? imageNet(settings, parts[1])
                : Options.nkfacPaper(settings, parts[0], parts[1]);
        series.add(Series.classification(task, arms(common, task)));
      }
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  private static List<String> cifarTasks() {
    List<String> tasks = new ArrayList<>();
    for (String dataset : List.of("cifar100", "cifar10")) {
      MODELS.forEach(model -> tasks.add(dataset + "-" + model));
    }
    return tasks;
  }

  private static Map<String, String> imageNet(ExperimentSettings settings, String model) {
    return settings.runOptions(
        Options.of(
            "dataset", "image-folder",
            "model", model + "-imagenet",
            "epochs", "90",
            "batch", "256",
            "schedule", "step",
            "last-factor", "0.1"));
  }

  private static List<Arm> arms(Map<String, String> common, String task) {
    List<Arm> arms = new ArrayList<>();
    for (int i = 0; i < OPTIMIZERS.size(); i++) {
      arms.add(
          Options.arm(
              OPTIMIZERS.get(i),
              common,
              "optimizer",
              OPTIMIZERS.get(i),
              "lr",
              RATES.get(i),
              "weight-decay",
              decays(task).get(i)));
    }
    return arms;
  }

  private static List<String> decays(String task) {
    return task.startsWith(IMAGENET) ? DECAYS_TABLE_2 : DECAYS_TABLE_1;
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    return ClassifierMetrics.standard();
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    List<Section> findings = new ArrayList<>();
    for (String series : result.series()) {
      findings.add(new Heading("Result on " + series));
      MetricTable table = new MetricTable(result, series, ClassifierMetrics.standard());
      findings.add(
          new TableSection(
              table.table(List.of(LEARNING_RATE, WEIGHT_DECAY), arm -> paper(arm, series))));
      ComparisonText.of(result.comparison(series))
          .forEach(line -> findings.add(new Paragraph(line)));
      findings.add(
          Figure.of(
              "curves-" + series,
              "Test accuracy and training loss against step and time on "
                  + series
                  + ": means over the seeds with 95 % intervals.",
              List.copyOf(ComparisonCurves.plots(result.comparison(series)))));
    }
    findings.add(
        new Paragraph(
            "The paper's tables 1 and 2 give learning rates and weight decays, which the arms use;"
                + " the accuracies that belong to them are in its main text, not in the"
                + " supplement, so that no figure of the paper stands beside the measured ones."));
    return findings;
  }

  private static Map<String, String> paper(String arm, String series) {
    int index = OPTIMIZERS.indexOf(arm);
    return Map.of(LEARNING_RATE, RATES.get(index), WEIGHT_DECAY, decays(series).get(index));
  }
}
