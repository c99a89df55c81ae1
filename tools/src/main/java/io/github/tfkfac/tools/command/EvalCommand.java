package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.weights.PyTorchWeights;
import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates a trained network on test images. */
@Command(
    name = "eval",
    description = "Evaluate a run, one of its checkpoints, or PyTorch weights on test images.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class EvalCommand implements Callable<Integer>, TakesSettings {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN_OR_CHECKPOINT",
      description = "Folder of a run (its newest whole checkpoint is used) or of a checkpoint.")
  @Nullable Path path;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "Weights of a PyTorch network as .npz instead; images are scaled as the published CIFAR"
              + " ResNets expect.")
  @Nullable Path weights;

  @Option(names = "--json", description = "Print the result as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public EvalCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return Setting.section(
        "Evaluation",
        List.of(
            DataSettings.FOLDER.shownDefault("that of the run"),
            DataSettings.TEST_IMAGES
                .described("Use the first N test images, 0 for all.")
                .shownDefault("as in the run, or all")
                .essential(),
            RunSettings.BATCH.shownDefault("that of the run, or 128"),
            RunSettings.THREADS.shownDefault("that of the run, or 0"),
            RunSettings.MODEL
                .described("Network that the weights belong to; only with --weights.")
                .shownDefault("resnet20"),
            DataSettings.DATASET
                .described(
                    "Data set: generated, cifar10, cifar100, mnist, svhn or image-folder; only with"
                        + " --weights.")
                .shownDefault("cifar10")));
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    return Map.of();
  }

  @Override
  public Integer call() throws IOException {
    EvaluationText text = evaluated(SettingOptions.given(spec, settings()));
    console.out().print(json ? Json.text(text.values()) + "\n" : text.text());
    console.out().flush();
    return 0;
  }

  private EvaluationText evaluated(Map<String, String> given) throws IOException {
    if (path != null && weights == null) {
      return EvaluatedRun.at(path, given, console).evaluate();
    }
    if (path == null && weights != null) {
      return ofWeights(weights, given);
    }
    throw new UserError(
        "expected either the folder of a run or checkpoint, or --weights with a file; found "
            + (path == null ? "neither" : "both"));
  }

  private static EvaluationText ofWeights(Path file, Map<String, String> given) {
    Map<String, String> options = new LinkedHashMap<>(Map.of("dataset", "cifar10"));
    options.putAll(given);
    RunSettings settings = RunSettings.of(options);
    PyTorchWeights read = PyTorchWeights.read(file);
    ImageDataset test = settings.data().test();
    ClassEvaluation evaluation =
        ClassEvaluation.ofWeights(
            settings.classifier(test),
            read,
            BatchPlan.evaluation(test, PixelScaling.pretrainedRgb(), settings.batch()),
            settings.sessionThreads());
    return new EvaluationText(settings.model(), file, test.toString(), evaluation);
  }
}
