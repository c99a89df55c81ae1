package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.NoiseScene;
import io.github.tfkfac.tools.inspect.DetectorInspection;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.setting.Setting;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what the training of a detector will need, before any training. */
@Command(
    name = "inspect",
    description = {
      "Show the memory that the training of a detector needs, calculated from its graph, and which"
          + " layers a second-order optimizer captures.",
      "Takes the options of detect train; nothing is run."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectInspectCommand implements Callable<Integer>, TakesSettings {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin DetectorSceneOptions shown = new DetectorSceneOptions();

  /** Writes to {@code console}. */
  public DetectInspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return DetectionSettings.TABLE;
  }

  @Override
  public Integer call() {
    DetectionSettings settings = DetectionSettings.of(SettingOptions.given(spec, settings()));
    NoiseScene scene = shown.scene(settings);
    DetectorInspection found =
        DetectorInspection.of(
            settings,
            scene.image(),
            scene.objects(),
            scene.classes(),
            settings.optimizer().label());
    console.out().print(shown.json ? Json.text(found) + "\n" : DetectorInspectionText.of(found));
    return 0;
  }
}
