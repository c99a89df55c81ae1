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
import io.github.tfkfac.tools.lab.experiment.Series.Task;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * K-FAC with and without the coarse-space correction, SGD and Adam (Tselepidis et al. 2020,
 * "Two-level K-FAC preconditioning for deep learning", figures 1 to 3).
 */
public final class TwoLevelExperiment implements Experiment {

  private static final String PARTS = "parts";
  private static final String FISHER = "fisher";
  private static final String MLP = "mlp";
  private static final String RESNET = "resnet110";

  @Override
  public String name() {
    return "two-level";
  }

  @Override
  public String title() {
    return "One- and two-level K-FAC, SGD and Adam (two-level K-FAC, figures 1 to 3)";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: the 64-layer linear network on planted targets, 100 epochs, and ResNet-110 on"
            + " CIFAR-10, 100 epochs, 5 seeds; --parts=mlp leaves the latter out.",
        "small: the linear network at full size, 20 epochs, 3 seeds.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(PARTS, "PARTS", "mlp, resnet110 or both; default both (small: mlp)."),
        new Choice("layers", "N", "Hidden layers of the linear network; default 64."),
        new Choice(
            FISHER,
            "KIND",
            "Fisher matrix of the linear network: exact, sampled, empirical; default" + " exact."),
        new Choice(
            "jobs", "N", "Runs of the linear network at a time, one thread each; default 2."));
  }

  @Override
  public int seeds(Preset preset) {
    return preset == Preset.PAPER ? 5 : 3;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    settings.requireNotGiven(List.of("model", "dataset"));
    boolean small = settings.preset() == Preset.SMALL;
    List<Series> series = new ArrayList<>();
    for (String part : settings.choice(PARTS, small ? MLP : MLP + "," + RESNET).split(",", -1)) {
      Suggestions.require("part", part, List.of(MLP, RESNET));
      series.add(part.equals(MLP) ? planted(settings, small ? "20" : "100") : resnet(settings));
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  /** Appendix B.1: every optimizer with lr 1e-3, momentum 0.9 and weight decay 1e-3. */
  private static Series planted(ExperimentSettings settings, String epochs) {
    Map<String, String> common =
        new LinkedHashMap<>(
            Options.of(
                "train-images", "25000",
                "test-images", "2500",
                "epochs", epochs,
                "batch", "512"));
    common.replaceAll(settings::choice);
    common.put("layers", settings.choice("layers", "64"));
    common.put("width", "10");
    common.putAll(
        Options.of(
            "lr", "0.001", "momentum", "0.9", "weight-decay", "0.001", "schedule", "constant"));
    Map<String, String> secondOrder = new LinkedHashMap<>(common);
    secondOrder.putAll(
        Options.of(
            "stat-period",
            "10",
            "inverse-period",
            "100",
            "damping",
            "0.01",
            "kl-clip",
            "0.001",
            "fisher",
            settings.choice(FISHER, "exact")));
    return new Series(
        "planted-mlp",
        Task.REGRESSION,
        List.of(
            Options.arm("sgd", common, "optimizer", "sgdm"),
            Options.arm("adam", common, "optimizer", "adamw"),
            Options.arm("kfac", secondOrder, "optimizer", "kfac"),
            Options.arm("two-level", secondOrder, "optimizer", "two-level")));
  }

  private static Series resnet(ExperimentSettings settings) {
    Map<String, String> common =
        settings.runOptions(
            Options.of(
                "dataset", "cifar10",
                "model", "resnet110",
                "epochs", "100",
                "weight-decay", "0.001",
                "schedule", "step",
                "last-factor", "0.1",
                "lr", "0.01"));
    Map<String, String> secondOrder = new LinkedHashMap<>(common);
    secondOrder.putAll(
        Options.of(
            "batch", "128",
            "stat-period", "200",
            "inverse-period", "2000",
            "damping", "0.001",
            "kl-clip", "0.01",
            "fisher", "sampled"));
    common.put("batch", "64");
    List<Arm> arms =
        List.of(
            Options.arm("sgd", common, "optimizer", "sgdm"),
            Options.arm("adam", common, "optimizer", "adamw", "lr", "0.001"),
            Options.arm("kfac", secondOrder, "optimizer", "kfac"),
            Options.arm("two-level", secondOrder, "optimizer", "two-level"));
    return Series.classification("cifar10-resnet110", arms);
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    return PlantedNumbers.metrics();
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    List<Section> findings = new ArrayList<>();
    for (String series : result.series()) {
      findings.add(new Heading("Result on " + series));
      if (series.equals("cifar10-resnet110")) {
        findings.add(
            new TableSection(
                new MetricTable(result, series, ClassifierMetrics.standard()).table()));
        ComparisonText.of(result.comparison(series))
            .forEach(line -> findings.add(new Paragraph(line)));
        findings.add(
            Figure.of(
                "curves-" + series,
                "Test accuracy and training loss: means over the seeds with 95 % intervals.",
                List.copyOf(ComparisonCurves.plots(result.comparison(series)))));
      } else {
        findings.addAll(new PlantedNumbers(result, series).findings());
      }
    }
    findings.add(
        new Paragraph(
            "The paper shows curves without numbers: on the linear network two-level K-FAC ahead of"
                + " one-level K-FAC, Adam and SGD; on ResNet-110 the same with a much smaller"
                + " margin. Choices where it is silent: 100 epochs, half the squared error, targets"
                + " of -1 and 1, the exact Fisher matrix for the network (it has one output),"
                + " sampled targets for ResNet-110. There the paper uses factored Tikhonov damping,"
                + " here eigenbases as in the network. Its Adam adds the weight decay to the"
                + " gradient; here it is decoupled, which at these rates leaves next to none."));
    return findings;
  }
}
