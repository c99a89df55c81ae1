package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.lab.ablation.AblationPlan;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.setting.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Repeats the step-size study of the NKFAC paper on detectors. */
@Command(
    name = "ablation",
    description = {
      "Compare the step rules of the Newton iteration on detectors: tables 3 and 4 of the NKFAC"
          + " paper's supplement.",
      "Preset coco: Faster and Mask R-CNN with ResNet-50 and ResNet-101 on COCO.",
      "Preset tiny: a small Faster R-CNN on few images, 3 seeds; options change it.",
      "Started again on the same folder it skips finished runs and resumes the others."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectAblationCommand implements Callable<Integer>, TakesSettings {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "tiny or coco (default: ${DEFAULT-VALUE}).")
  String preset = "tiny";

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs of each rule and detector; default 3.")
  int seeds;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      required = true,
      description = "Folder of the runs and of the report.")
  Path out = Path.of(".");

  @Option(
      names = "--report-only",
      description = "Train nothing; write the report of the finished runs.")
  boolean reportOnly;

  /** Writes to {@code console}. */
  public DetectAblationCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return DetectionSettings.TABLE;
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = SettingOptions.given(spec, settings());
    ConsoleAblation study =
        new ConsoleAblation(
            console,
            AblationPlan.of(preset, seeds, given),
            out,
            spec.commandLine().getParseResult().originalArgs());
    boolean complete = reportOnly || study.train();
    if (!complete) {
      console.out().println("interrupted; to continue: the same command again");
    }
    if (complete || !study.finished().isEmpty()) {
      console.out().println("report  " + ShellWords.path(study.report()));
    }
    console.out().flush();
    return complete ? 0 : Interruption.exitCode();
  }
}
