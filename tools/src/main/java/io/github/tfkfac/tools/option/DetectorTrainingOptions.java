package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.detect.DetectionSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Everything that the commands that train detectors have in common. */
public final class DetectorTrainingOptions {

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = OptimizerNames.class,
      description = "${COMPLETION-CANDIDATES}; default nkfac.")
  @Nullable String optimizer;

  @Mixin DetectorOptions detector = new DetectorOptions();
  @Mixin OptimizerOptions rates = new OptimizerOptions();
  @Mixin SecondOrderOptions secondOrder = new SecondOrderOptions();

  /** Those that were given on a command line, by name without dashes. */
  public static Map<String, String> given(CommandSpec command) {
    return GivenOptions.of(command, DetectionSettings.optionNames());
  }
}
