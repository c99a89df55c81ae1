package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.compare.ComparisonCurves;
import io.github.tfkfac.tools.lab.compare.ComparisonText;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentPlan;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.Finding;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.render.Bars;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * NKFAC against K-FAC and SKFAC with NKFAC's normalization, damping and norm recovery (Sun et al.
 * 2023, supplement, figures 1 and 2).
 */
public final class ImplementationsExperiment implements Experiment {

  private static final List<String> ARMS = List.of("kfac-star", "skfac-star", "nkfac");
  private static final String R50 = "paper, ResNet-50";
  private static final String D121 = "paper, DenseNet-121";
  private static final List<String> PAPER =
      List.of(R50 + ": accuracy %", R50 + ": s", D121 + ": accuracy %", D121 + ": s");
  private static final Map<String, List<String>> FIGURE_1 =
      Map.of(
          "kfac-star", List.of("81.89 ± .21", "306.88", "81.04 ± .22", "362.14"),
          "skfac-star", List.of("81.08 ± .18", "191.33", "80.66 ± .13", "331.04"),
          "nkfac", List.of("81.78 ± .06", "134.21", "81.13 ± .16", "132.00"));

  private static final Metric REFRESH_SECONDS =
      measure("refresh_seconds", "s of damping + inversion", 2, StageSeconds::refresh);
  private static final List<Metric> STAGES =
      List.of(
          REFRESH_SECONDS,
          measure(
              "refresh_percent", "damping + inversion %", 1, s -> 100 * s.refresh() / s.total()),
          measure("statistics_percent", "statistics %", 1, s -> 100 * s.statistics() / s.total()));

  @Override
  public String name() {
    return "implementations";
  }

  @Override
  public String title() {
    return "KFAC*, SKFAC* and NKFAC (NKFAC, figures 1 and 2 of the supplement)";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: DenseNet-121 and ResNet-50 on CIFAR-100, 200 epochs, batch 128, periods 20/200, 3"
            + " seeds.",
        "small: a perceptron on 10,000 MNIST images, 8 epochs, periods 10/50, 3 seeds.");
  }

  @Override
  public int seeds(Preset preset) {
    return 3;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    List<Map<String, String>> tasks =
        settings.preset() == Preset.SMALL
            ? List.of(Options.digits(settings, 10_000, 8))
            : List.of(
                Options.nkfacPaper(settings, "cifar100", "densenet121"),
                Options.nkfacPaper(settings, "cifar100", "resnet50"));
    List<Series> series = new ArrayList<>();
    for (Map<String, String> task : tasks) {
      List<Arm> arms =
          ARMS.stream()
              .map(
                  optimizer ->
                      Options.arm(
                          optimizer,
                          task,
                          "optimizer",
                          optimizer,
                          "lr",
                          "0.05",
                          "weight-decay",
                          "0.001"))
              .toList();
      series.add(Series.classification(Options.series(task), arms));
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    List<Metric> metrics = new ArrayList<>(ClassifierMetrics.standard());
    metrics.addAll(STAGES);
    metrics.add(ClassifierMetrics.EXACT_REFRESHES);
    metrics.add(ClassifierMetrics.NEWTON_REFRESHES);
    return metrics;
  }

  @Override
  public List<Finding> findings(ExperimentResult result) {
    List<Finding> findings = new ArrayList<>();
    for (String series : result.series()) {
      findings.add(new Finding.Title("Result on " + series));
      findings.add(
          new Finding.Numbers(
              new MetricTable(result, series, metrics(result.settings()))
                  .table(PAPER, ImplementationsExperiment::paper)));
      findings.add(
          new Finding.Text(
              "The seconds of damping and inversion are told from the times of steps: what a step"
                  + " with a refresh takes beyond the median step with statistics, summed over the"
                  + " run without its first step. The paper's seconds are of 200 epochs on eight RTX 2080 Ti with"
                  + " other networks: only the order of the arms can be compared."));
      findings.add(shares(result, series));
      ComparisonText.of(result.comparison(series))
          .forEach(line -> findings.add(new Finding.Text(line)));
      findings.add(
          new Finding.Picture(
              "curves-" + series,
              "Test accuracy and training loss: means over the seeds with 95 % intervals.",
              List.copyOf(ComparisonCurves.plots(result.comparison(series)))));
    }
    return findings;
  }

  private static Finding shares(ExperimentResult result, String series) {
    List<String> arms =
        result.arms(series).keySet().stream()
            .filter(arm -> result.mean(series, arm, REFRESH_SECONDS.value()).isPresent())
            .toList();
    if (arms.isEmpty()) {
      return new Finding.Text(
          "No run is long enough to tell the parts of its steps apart: that takes plain steps, steps"
              + " with statistics, and refreshes after the first step.");
    }
    return new Finding.Picture(
        "stages-" + series,
        "Milliseconds of the average step and what they went into, means over the seeds.",
        List.of(
            new Bars(
                "Parts of the average step",
                "ms",
                arms,
                List.of(
                    part("forward, backward, update", result, series, arms, StageSeconds::plain),
                    part("statistics", result, series, arms, StageSeconds::statistics),
                    part("damping and inversion", result, series, arms, StageSeconds::refresh)))));
  }

  private static Bars.Part part(
      String name,
      ExperimentResult result,
      String series,
      List<String> arms,
      ToDoubleFunction<StageSeconds> seconds) {
    Metric millis = measure(name, name, 1, s -> 1000 * seconds.applyAsDouble(s) / s.steps());
    return new Bars.Part(
        name,
        arms.stream()
            .map(
                arm -> result.mean(series, arm, millis.value()).map(MeanInterval::mean).orElse(0.0))
            .toList());
  }

  private static Metric measure(
      String name, String header, int decimals, ToDoubleFunction<StageSeconds> value) {
    ToDoubleFunction<MeasuredRun> ofRun =
        run -> StageSeconds.of(run).map(value::applyAsDouble).orElse(Double.NaN);
    return new Metric(name, header, decimals, ofRun);
  }

  private static Map<String, String> paper(String arm) {
    List<String> numbers = FIGURE_1.get(arm);
    return numbers == null
        ? Map.of()
        : Map.of(
            PAPER.get(0), numbers.get(0),
            PAPER.get(1), numbers.get(1),
            PAPER.get(2), numbers.get(2),
            PAPER.get(3), numbers.get(3));
  }
}
