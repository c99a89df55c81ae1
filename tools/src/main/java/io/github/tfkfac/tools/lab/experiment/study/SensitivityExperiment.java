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
 * Accuracy over learning rate and damping for several batch sizes, after equally many epochs and
 * after equally many steps (Ma et al. 2020, "Inefficiency of K-FAC for large batch size training").
 * One run gives both: it lasts until the later of the two, at a constant learning rate, and is
 * evaluated at both.
 */
public final class SensitivityExperiment implements Experiment {

  private static final String BATCHES = "batches";
  private static final String RATES = "rates";
  private static final String DAMPINGS = "dampings";
  private static final String OPTIMIZER = "second-order";
  private static final String FIXED_EPOCHS = "fixed-epochs";

  @Override
  public String name() {
    return "sensitivity";
  }

  @Override
  public String title() {
    return "Sensitivity to learning rate and damping against the batch size (K-FAC at large"
        + " batches)";
  }

  @Override
  public List<String> presets() {
    return List.of(
        "paper: ResNet-20 on CIFAR-10, batches 128 to 4096, 8 x 8 settings, 100 epochs or as many"
            + " steps as batch 128 takes, 1 seed.",
        "small: a perceptron on 4,096 MNIST images, batches 128, 512 and 1024, 4 x 4 settings, 4"
            + " epochs or 128 steps, 1 seed.");
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice(BATCHES, "N,...", "Batch sizes, the smallest first; default the preset's."),
        new Choice(RATES, "LR,...", "Learning rates; default the preset's."),
        new Choice(DAMPINGS, "D,...", "Dampings; default the preset's."),
        new Choice(FIXED_EPOCHS, "N", "The fixed number of epochs; default the preset's."),
        new Choice(OPTIMIZER, "NAME", "The optimizer; default kfac."));
  }

  @Override
  public int seeds(Preset preset) {
    return 1;
  }

  @Override
  public ExperimentPlan plan(ExperimentSettings settings) {
    settings.requireNotGiven(List.of("batch", "epochs", "eval-every"));
    SensitivityGrid grid = grid(settings);
    Map<String, String> task =
        settings.preset() == Preset.SMALL
            ? Options.digits(settings, 4096, grid.epochs())
            : Options.nkfacPaper(settings, "cifar10", "resnet20");
    task.putIfAbsent("test-images", "0");
    List<Arm> arms = new ArrayList<>();
    for (int batch : grid.batches()) {
      Map<String, String> common = new LinkedHashMap<>(task);
      common.put("batch", Integer.toString(batch));
      common.put("epochs", Integer.toString(grid.epochs(batch)));
      common.put("eval-every", Integer.toString(grid.epochs()));
      common.put("checkpoint-every", Integer.toString(grid.epochs(batch)));
      common.put("schedule", "constant");
      common.put("weight-decay", "0.0005");
      for (double rate : grid.rates()) {
        for (double damping : grid.dampings()) {
          arms.add(
              Options.arm(
                  grid.label(batch, rate, damping),
                  common,
                  "optimizer",
                  settings.choice(OPTIMIZER, "kfac"),
                  "lr",
                  Double.toString(rate),
                  "damping",
                  Double.toString(damping)));
        }
      }
    }
    return new ExperimentPlan(
        List.of(Series.classification(Options.series(task), arms)), settings.seedList());
  }

  private static SensitivityGrid grid(ExperimentSettings settings) {
    boolean small = settings.preset() == Preset.SMALL;
    return new SensitivityGrid(
        Grid.counts(
            BATCHES,
            settings.choice(BATCHES, small ? "128,512,1024" : "128,256,512,1024,2048,4096")),
        settings.given().containsKey(RATES)
            ? Grid.numbers(RATES, settings.choice(RATES, ""))
            : small ? Grid.logarithmic(1e-3, 1, 4) : Grid.logarithmic(1e-3, 1, 8),
        settings.given().containsKey(DAMPINGS)
            ? Grid.numbers(DAMPINGS, settings.choice(DAMPINGS, ""))
            : small ? Grid.logarithmic(1e-4, 1e-1, 4) : Grid.logarithmic(1e-4, 1, 8),
        Grid.counts(FIXED_EPOCHS, settings.choice(FIXED_EPOCHS, small ? "4" : "100")).get(0));
  }

  @Override
  public List<Metric> metrics(ExperimentSettings settings) {
    SensitivityGrid grid = grid(settings);
    return List.of(
        new Metric(
            "accuracy_at_fixed_epochs", "accuracy % at fixed epochs", 2, grid::atFixedEpochs),
        new Metric("accuracy_at_fixed_steps", "accuracy % at fixed steps", 2, grid::atFixedSteps),
        ClassifierMetrics.ACCURACY);
  }

  @Override
  public List<Section> findings(ExperimentResult result) {
    SensitivityGrid grid = grid(result.settings());
    List<Section> findings = new ArrayList<>();
    findings.add(
        new Paragraph(
            "Each cell is a run: test accuracy in per cent after %d epochs (left), and after as many steps as batch %d takes for them (right), both evaluations of one run at a constant learning rate. %s The paper's text gives no numbers; it sees the region of high accuracy shrink with the batch size at fixed epochs and grow at fixed steps, and learning rate and damping correlated in it. Its ranges of the 64 settings are not in its text; ours are a choice."
                .formatted(
                    grid.epochs(),
                    grid.batches().get(0),
                    result.settings().seeds() == 1
                        ? "One seed, so that nothing is known of the spread over seeds."
                        : "Cells are means over the seeds.")));
    for (String series : result.series()) {
      findings.addAll(new SensitivityMaps(result, series, grid).findings());
    }
    return findings;
  }
}
