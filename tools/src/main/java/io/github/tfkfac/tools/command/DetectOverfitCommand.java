package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.evaluate.Overlap;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.DetectorRun;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.option.ExpectedScoreOptions;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.setting.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Overfits a few images, the first test of a detector on new data. */
@Command(
    name = "overfit",
    description = {
      "Overfit a few images and evaluate on the same: if this fails, more data will not" + " help.",
      "Without options: 6 images of shapes. The numbers say nothing about other images."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectOverfitCommand implements Callable<Integer>, TakesSettings {
  private static final String FIRST_SHAPES = "1,2,3,4,5,6";
  private static final String STEPS = "600";

  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin RunFolderOptions folders = new RunFolderOptions();
  @Mixin ExpectedScoreOptions expected = new ExpectedScoreOptions();

  /** Writes to {@code console}. */
  public DetectOverfitCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return DetectionSettings.TABLE;
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    return few(given).options();
  }

  private static DetectionSettings few(Map<String, String> given) {
    Map<String, String> few = new LinkedHashMap<>(given);
    few.putIfAbsent("steps", STEPS);
    if (!given.containsKey("data") && !given.containsKey("annotations")) {
      few.putIfAbsent("ids", FIRST_SHAPES);
    }
    return DetectionSettings.of(few);
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = SettingOptions.given(spec, settings());
    DetectionSettings settings = few(given);
    expected.requireFitting(
        settings.masks() ? List.of(Overlap.BOX, Overlap.MASK) : List.of(Overlap.BOX));
    folders.requireAbsent();
    RunFolder folder = folders.create("overfit-" + settings.optimizer().name());
    RecordedRun<DetectorRun, DetectorOutcome> run =
        RecordedDetectorRun.start(
            folder, settings, "detect overfit", spec.commandLine().getParseResult().originalArgs());
    List<String> missed = new ArrayList<>();
    int exitCode =
        new ConsoleRun(console, settings.optimizer().label())
            .run(
                run,
                outcome -> {
                  outcome.training().evaluation().ifPresent(found -> missed.addAll(missed(found)));
                  return DetectorSummary.of(run.task(), outcome);
                });
    if (exitCode != 0) {
      return exitCode;
    }
    missed.forEach(line -> console.err().println("kfac: " + line));
    return missed.isEmpty() ? 0 : 1;
  }

  private List<String> missed(DetectionEvaluator.Outcome found) {
    List<Evaluation> evaluations = new ArrayList<>(List.of(found.boxes()));
    found.masks().ifPresent(evaluations::add);
    return expected.missed(evaluations);
  }
}
