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
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.MetricTable;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.render.Bars;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * NKFAC against K-FAC and SKFAC with NKFAC's normalization, damping and norm recovery (Sun et al.
 * 2023, supplement, figures 1 and 2).
 */
public final class ImplementationsExperiment implements Experiment {

  private static final String PARTS = "parts";
  private static final String ACCURACY = "accuracy";
  private static final String TIME = "time";
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
        "small: a perceptron on 10,000 MNIST images, 8 epochs, periods 10/50, 3 seeds; with"
            + " --parts=time (one seed is enough) instead ResNet-18 on CIFAR-10, 72 steps of 64"
            + " images, periods 5/10.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(
            PARTS, "PARTS", "accuracy, time or both, of the small preset; default accuracy."));
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    List<Map<String, String>> tasks = new ArrayList<>();
    if (settings.preset() == Preset.PAPER) {
      tasks.add(Options.nkfacPaper(settings, "cifar100", "densenet121"));
      tasks.add(Options.nkfacPaper(settings, "cifar100", "resnet50"));
    } else {
      for (String part : settings.choice(PARTS, ACCURACY).split(",", -1)) {
        Suggestions.require("part", part, List.of(ACCURACY, TIME));
        tasks.add(part.equals(TIME) ? timed(settings) : Options.digits(settings, 10_000, 8));
      }
    }
    return new ExperimentPlan(
        tasks.stream()
            .map(task -> Series.classification(Options.series(task), arms(task)))
            .toList(),
        settings.seedList());
  }

  /** NKFAC with an exact inverse at every refresh is KFAC* with the other solver. */
  private static List<Arm> arms(Map<String, String> task) {
    Map<String, String> common = new LinkedHashMap<>(task);
    common.putAll(Options.of("lr", "0.05", "weight-decay", "0.001"));
    return List.of(
        Options.arm("kfac-star", common, "optimizer", "kfac-star", "exact-solver", "cholesky"),
        Options.arm("skfac-star", common, "optimizer", "skfac-star"),
        Options.arm("nkfac", common, "optimizer", "nkfac"),
        Options.arm("nkfac-block", common, "optimizer", "kfac-star", "exact-solver", "block"));
  }

  /** A convolutional network with seven refreshes after the first step, five of them Newton's. */
  private static Map<String, String> timed(ExperimentSettings settings) {
    return settings.runOptions(
        Options.of(
            "dataset", "cifar10",
            "model", "resnet18",
            "train-images", "4608",
            "test-images", "500",
            "epochs", "1",
            "batch", "64",
            "stat-period", "5",
            "inverse-period", "10"));
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
  public List<Section> findings(ExperimentResult result) {
    List<Section> findings = new ArrayList<>();
    for (String series : result.series()) {
      findings.add(new Heading("Result on " + series));
      findings.add(
          new TableSection(
              new MetricTable(result, series, metrics(result.settings()))
                  .table(PAPER, ImplementationsExperiment::paper)));
      findings.add(
          new Paragraph(
              "The seconds of damping and inversion are told from the times of steps: what a step"
                  + " with a refresh takes beyond the median step with statistics, summed over the"
                  + " run without its first step. The paper's seconds are of 200 epochs on eight"
                  + " RTX 2080 Ti with other networks: only the order of the arms can be"
                  + " compared."));
      ratios(result, series).ifPresent(findings::add);
      findings.add(shares(result, series));
      ComparisonText.of(result.comparison(series))
          .forEach(line -> findings.add(new Paragraph(line)));
      findings.add(
          Figure.of(
              "curves-" + series,
              "Test accuracy and training loss: means over the seeds with 95 % intervals.",
              List.copyOf(ComparisonCurves.plots(result.comparison(series)))));
    }
    return findings;
  }

  /** Seconds of damping and inversion as parts of KFAC*'s, with the paper's (307 and 362 s). */
  private static Optional<Section> ratios(ExperimentResult result, String series) {
    Optional<Double> ofAll = seconds(result, series, "kfac-star");
    if (ofAll.isEmpty()) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    for (String arm : List.of("skfac-star", "nkfac", "nkfac-block")) {
      seconds(result, series, arm)
          .ifPresent(seconds -> parts.add("%s %.2f".formatted(arm, seconds / ofAll.get())));
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Paragraph(
                "Damping and inversion as a part of kfac-star's by Cholesky: "
                    + String.join(", ", parts)
                    + ". The paper's: skfac-star 0.62 and 0.91, nkfac 0.44 and 0.36 (56 and 64 %"
                    + " less) with ResNet-50 and DenseNet-121. nkfac-block is NKFAC with an exact"
                    + " inverse by blocks at every refresh."));
  }

  private static Optional<Double> seconds(ExperimentResult result, String series, String arm) {
    return result.arms(series).containsKey(arm)
        ? result.mean(series, arm, REFRESH_SECONDS.value()).map(MeanInterval::mean)
        : Optional.empty();
  }

  private static Section shares(ExperimentResult result, String series) {
    List<String> arms =
        result.arms(series).keySet().stream()
            .filter(arm -> result.mean(series, arm, REFRESH_SECONDS.value()).isPresent())
            .toList();
    if (arms.isEmpty()) {
      return new Paragraph(
          "No run is long enough to tell the parts of its steps apart: that takes plain steps,"
              + " steps with statistics, and refreshes after the first step.");
    }
    return Figure.of(
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
