package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.compare.ComparisonCurves;
import io.github.tfkfac.tools.lab.compare.ComparisonText;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentPlan;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.lab.experiment.probe.NewtonProbe;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.run.RunProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The step sizes of Newton's iteration for the inverses: NKFAC's α, the α* that minimizes the
 * residual, and the spectral guard (Sun et al. 2023, supplement, section 2).
 */
public final class StepSizeExperiment implements Experiment {

  private static final List<String> RULES =
      List.of("inverse-norm", "line-search", "spectral-guard");

  /** Fewer refreshes of a layer say nothing of a rule. */
  private static final int ENOUGH_REFRESHES = 10;

  @Override
  public String name() {
    return "stepsize";
  }

  @Override
  public String title() {
    return "Step sizes of the Newton iteration (NKFAC, section 2 of the supplement)";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: ResNet-18 on CIFAR-100, 200 epochs, batch 128, periods 20/200, 3 seeds.",
        "small: a perceptron on 10,000 MNIST images, 8 epochs, periods 10/50, 3 seeds.");
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    Map<String, String> common =
        settings.preset() == Preset.SMALL
            ? Options.digits(settings, 10_000, 8)
            : Options.nkfacPaper(settings, "cifar100", "resnet18");
    List<Arm> arms =
        RULES.stream()
            .map(rule -> Options.arm(rule, common, "optimizer", "nkfac", "step-rule", rule))
            .toList();
    return new ExperimentPlan(
        List.of(Series.classification(Options.series(common), arms)), settings.seedList());
  }

  @Override
  public List<RunProbe> probes() {
    return List.of(new NewtonProbe());
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    return List.of(
        ClassifierMetrics.ACCURACY,
        ClassifierMetrics.LOSS,
        ClassifierMetrics.NEWTON_REFRESHES,
        NewtonNumbers.FULL_STEPS,
        NewtonNumbers.median(NewtonProbe.BEFORE, "residual before"),
        NewtonNumbers.median(NewtonProbe.AFTER, "residual after"),
        NewtonNumbers.median(NewtonProbe.ALPHA, "α = 1/‖BM‖"),
        NewtonNumbers.median(NewtonProbe.BEST_ALPHA, "α*"),
        NewtonNumbers.median(NewtonProbe.AFTER_ALPHA, "residual after α"),
        NewtonNumbers.median(NewtonProbe.AFTER_BEST_ALPHA, "residual after α*"));
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    List<Section> findings = new ArrayList<>();
    for (String series : result.series()) {
      findings.add(new Heading("Result on " + series));
      MetricTable table = new MetricTable(result, series, metrics(result.settings()));
      findings.add(new TableSection(table.table()));
      findings.add(
          new Paragraph(
              "Residuals are ‖I − BM‖ in the Frobenius norm, M the damped factor at the refresh, B"
                  + " the stored inverse; each column is the median over all factors and Newton"
                  + " refreshes of a run. 'Full steps' is the part of the Newton refreshes in which"
                  + " the rule took α = 1. The last two columns compare both rules from the same"
                  + " start: the residual that one step of either would have left at every refresh"
                  + " of the arm's own run (both take α = 1 where the residual is below 1)."));
      reliability(result, series).forEach(line -> findings.add(new Paragraph(line)));
      findings.addAll(NewtonNumbers.pictures(result, series));
      ComparisonText.of(result.comparison(series))
          .forEach(line -> findings.add(new Paragraph(line)));
      findings.add(
          Figure.of(
              "curves-" + series,
              "Test accuracy and training loss: means over the seeds with 95 % intervals.",
              List.copyOf(ComparisonCurves.plots(result.comparison(series)))));
    }
    findings.add(new Heading("The paper's figures"));
    findings.add(
        new Paragraph(
            "The paper gives no figure for a classifier. Its tables 3 and 4 are of detection on"
                + " COCO, α above α* throughout: Faster R-CNN R50 AP 39.7 against 38.7, R101 41.3"
                + " against 39.1; Mask R-CNN R50 box AP 40.1 against 39.5 and mask AP 36.6 against"
                + " 36.3, R101 41.8 against 41.4 and 37.8 against 37.4. 'kfac detect ablation' is"
                + " that comparison."));
    return findings;
  }

  private static List<String> reliability(ExperimentResult result, String series) {
    List<String> lines = new ArrayList<>();
    long fewest =
        result.arms(series).values().stream()
            .flatMap(List::stream)
            .mapToLong(run -> run.finished().newtonRefreshes())
            .min()
            .orElse(0);
    if (fewest == 0) {
      lines.add(
          "The arms are the same run: in at least one run no Newton refresh happened, all its"
              + " refreshes were exact. Nothing can be said of the step sizes.");
    } else if (fewest < ENOUGH_REFRESHES) {
      lines.add(
          "Some runs have only "
              + fewest
              + " Newton refreshes of each layer; fewer than "
              + ENOUGH_REFRESHES
              + " say little of a step size.");
    }
    for (String pair : SameRuns.pairs(result, series)) {
      lines.add(
          "The arms "
              + pair
              + " are the same run: their losses agree to the bit at every step, so that their"
              + " accuracies compare nothing.");
    }
    return lines;
  }
}
