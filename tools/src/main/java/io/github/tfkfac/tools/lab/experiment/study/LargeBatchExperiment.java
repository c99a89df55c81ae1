package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.experiment.Choice;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentPlan;
import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.Metric;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Steps and time to a training loss against the batch size, K-FAC against SGD (Ma et al. 2020,
 * "Inefficiency of K-FAC for large batch size training").
 */
public final class LargeBatchExperiment implements Experiment {

  private static final int BASE_BATCH = 128;
  private static final String BATCHES = "batches";
  private static final String TARGET = "target-loss";
  private static final String OPTIMIZER = "second-order";

  /** The loss of a target is the mean over this many images. */
  private static final int TARGET_IMAGES = 2048;

  @Override
  public String name() {
    return "large-batch";
  }

  @Override
  public String title() {
    return "Steps and time to a target loss against the batch size (K-FAC at large batches)";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: ResNet-20 and ResNet-32 on CIFAR-10, AlexNet on SVHN, batches 128 to 4096,"
            + " (log2(batch/128)+1)*100 (SVHN 20) epochs, 64 settings of each optimizer, 1 seed.",
        "small: a perceptron on 4,096 MNIST images, batches 128 to 2048, (log2(batch/128)+1)*3"
            + " epochs, 3 learning rates of each optimizer, 3 seeds.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(BATCHES, "N,...", "Batch sizes; the default is the preset's."),
        new Choice(TARGET, "LOSS", "Training loss to be reached; the default is the preset's."),
        new Choice(OPTIMIZER, "NAME", "What is compared with sgdm; default kfac."));
  }

  @Override
  public int seeds(Preset preset) {
    return preset == Preset.PAPER ? 1 : 3;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    settings.requireNotGiven(List.of("batch", "epochs"));
    boolean small = settings.preset() == Preset.SMALL;
    List<Series> series = new ArrayList<>();
    List<Map<String, String>> tasks =
        small
            ? List.of(Options.digits(settings, 4096, 3))
            : List.of(
                Options.nkfacPaper(settings, "cifar10", "resnet20"),
                Options.nkfacPaper(settings, "cifar10", "resnet32"),
                Options.nkfacPaper(settings, "svhn", "alexnet"));
    for (Map<String, String> task : tasks) {
      List<Arm> arms = new ArrayList<>();
      for (int batch : batches(settings)) {
        int epochs = epochs(batch, small ? 3 : "svhn".equals(task.get("dataset")) ? 20 : 100);
        Map<String, String> common = new LinkedHashMap<>(task);
        common.put("batch", Integer.toString(batch));
        common.put("epochs", Integer.toString(epochs));
        common.putIfAbsent("eval-every", Integer.toString(epochs));
        common.put("checkpoint-every", Integer.toString(small ? epochs : 10));
        common.put("schedule", small ? "constant" : "step");
        common.put("last-factor", "0.1");
        common.put("weight-decay", "0.0005");
        arms.addAll(tuned(common, batch, settings));
      }
      series.add(Series.classification(Options.series(task), arms));
    }
    return new ExperimentPlan(series, settings.seedList());
  }

  /** The paper's budget, {@code (log2(batch/128) + 1) · base}, at least one epoch. */
  static int epochs(int batch, int base) {
    double doublings = Math.log(batch / (double) BASE_BATCH) / Math.log(2);
    return (int) Math.max(1, Math.round((doublings + 1) * base));
  }

  private static List<Integer> batches(ExperimentSettings settings) {
    return Grid.counts(
        BATCHES,
        settings.choice(
            BATCHES,
            settings.preset() == Preset.SMALL
                ? "128,256,512,1024,2048"
                : "128,256,512,1024,2048,4096"));
  }

  private static List<Arm> tuned(
      Map<String, String> common, int batch, ExperimentSettings settings) {
    boolean small = settings.preset() == Preset.SMALL;
    List<Arm> arms = new ArrayList<>();
    String optimizer = settings.choice(OPTIMIZER, "kfac");
    List<Double> dampings = small ? List.of(0.01) : Grid.logarithmic(1e-4, 1, 8);
    for (double rate : small ? List.of(0.003, 0.01, 0.03) : Grid.logarithmic(1e-3, 1, 8)) {
      for (double damping : dampings) {
        arms.add(arm(common, optimizer, batch, rate, "damping", damping));
      }
    }
    List<Double> momenta =
        small ? List.of(0.9) : List.of(0.0, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99);
    for (double rate : small ? List.of(0.01, 0.03, 0.1) : Grid.logarithmic(1e-2, 3, 8)) {
      for (double momentum : momenta) {
        arms.add(arm(common, "sgdm", batch, rate, "momentum", momentum));
      }
    }
    return arms;
  }

  private static Arm arm(
      Map<String, String> common,
      String optimizer,
      int batch,
      double rate,
      String other,
      double value) {
    return Options.arm(
        "%s-batch%d-lr%s-%s%s"
            .formatted(optimizer, batch, Grid.text(rate), other, Grid.text(value)),
        common,
        "optimizer",
        optimizer,
        "lr",
        Double.toString(rate),
        other,
        Double.toString(value));
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    TargetLoss target = target(settings);
    return List.of(
        new Metric("steps_to_target", "steps to the target", 0, target::steps),
        new Metric("seconds_to_target", "s to the target", 2, target::seconds),
        ClassifierMetrics.ACCURACY,
        ClassifierMetrics.LOSS);
  }

  private static TargetLoss target(ExperimentSettings settings) {
    String otherwise = settings.preset() == Preset.SMALL ? "0.25" : "0.1";
    return new TargetLoss(
        Grid.numbers(TARGET, settings.choice(TARGET, otherwise)).get(0), TARGET_IMAGES);
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    TargetLoss target = target(result.settings());
    List<Section> findings = new ArrayList<>();
    findings.add(
        new Paragraph(
            "The target is a training loss of %s, reached at the first step at which the mean loss of the last %d images is at most that. Of each optimizer's settings the one with the fewest steps is shown for each batch size, among those that reach the target with every seed; it is chosen by the same runs that are shown, which flatters every entry alike. Ideal scaling halves the steps when the batch is doubled. The paper's text gives no numbers, only that K-FAC leaves ideal scaling earlier than SGD."
                .formatted(Grid.text(target.loss()), target.images())));
    for (String series : result.series()) {
      findings.addAll(new BatchScaling(result, series, target).findings());
    }
    return findings;
  }
}
