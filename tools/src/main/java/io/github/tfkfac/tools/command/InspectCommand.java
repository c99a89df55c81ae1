package io.github.tfkfac.tools.command;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.inspect.SavedModelInspection;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.SavedModelSettings;
import io.github.tfkfac.tools.setting.Setting;
import java.nio.file.Path;
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

/** Shows what a second-order optimizer will do to a network and what that costs. */
@Command(
    name = "inspect",
    description =
        "Show which layers a second-order optimizer captures in a network or a SavedModel, what it"
            + " keeps of them and what that costs, before any training.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer>, TakesSettings {
  private static final List<String> CLASSIFIER = List.of("--model", "--image", "--classes");

  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "Folder of a SavedModel to be looked at instead of a network by name.")
  @Nullable Path savedModel;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "Signature of the SavedModel; default serving_default.")
  @Nullable String signature;

  @Option(
      names = "--logits",
      paramLabel = "TENSOR",
      description =
          "Tensor before the softmax or sigmoid, operation:index; default: the one that the"
              + " signature's outputs come from, and where there is none, the outputs.")
  @Nullable String logits;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description = "Loss of the SavedModel's logits: softmax or sigmoid; default softmax.")
  @Nullable String loss;

  @Mixin ClassifierOptions classifier = new ClassifierOptions();

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return OptimizerSettings.SECOND_ORDER;
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    return OptimizerSettings.of(given).all().options();
  }

  @Override
  public Integer call() {
    OptimizerSettings settings = OptimizerSettings.of(SettingOptions.given(spec, settings()));
    KfacOptions kfac =
        settings
            .kfac(1)
            .orElseThrow(
                () ->
                    new UserError(
                        "expected a second-order optimizer, which captures layers, found "
                            + settings.name()));
    reject(
        savedModel == null ? List.of("--signature", "--logits", "--loss") : CLASSIFIER,
        savedModel == null ? "a network by name" : "a SavedModel");
    Inspection inspection =
        savedModel == null
            ? Inspection.of(classifier.spec(), classifier.batch, settings.label(), kfac)
            : ofSavedModel(savedModel, settings.label(), kfac);
    console.out().print(json ? Json.text(inspection) + "\n" : InspectionText.of(inspection));
    return 0;
  }

  private Inspection ofSavedModel(Path folder, String name, KfacOptions kfac) {
    FinetuneOptions options = FinetuneOptions.defaults();
    options = signature == null ? options : options.withSignature(signature);
    options = logits == null ? options : options.withLogits(logits);
    options = loss == null ? options : options.withLoss(SavedModelSettings.loss(loss, 0));
    try {
      return SavedModelInspection.of(folder, options, classifier.batch, name, kfac);
    } catch (IllegalStateException e) {
      throw new UserError(folder + ": " + e.getMessage(), e);
    }
  }

  private void reject(List<String> options, String subject) {
    for (String option : options) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new UserError("expected no " + option + " for " + subject + "; leave it out");
      }
    }
  }
}
