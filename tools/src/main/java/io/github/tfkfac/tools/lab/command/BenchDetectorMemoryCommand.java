package io.github.tfkfac.tools.lab.command;

import static io.github.tfkfac.tools.render.Quantities.bytes;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.command.DetectorSceneOptions;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.lab.bench.DetectorMemoryBenchmark;
import io.github.tfkfac.tools.lab.bench.DetectorMemoryMeasurement;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.setting.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a detector on noise, compares its memory with the calculation, and fails if it grows. */
@Command(
    name = "detector-memory",
    description = {
      "Train a detector on noise; compare the memory of its steps with what detect inspect"
          + " calculates, and check that it does not grow.",
      "Takes the options of detect train; --steps is 200 unless given."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class BenchDetectorMemoryCommand implements Callable<Integer>, TakesSettings {
  private static final String STEPS = "200";
  private static final long STEPS_PER_LINE = 10;
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      paramLabel = "STEP",
      description = "Steps after which growth counts (default: ${DEFAULT-VALUE}).")
  long from = 50;

  @Mixin DetectorSceneOptions shown = new DetectorSceneOptions();

  BenchDetectorMemoryCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return DetectionSettings.TABLE;
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    return withSteps(given).options();
  }

  private static DetectionSettings withSteps(Map<String, String> given) {
    Map<String, String> all = new LinkedHashMap<>(given);
    all.putIfAbsent("steps", STEPS);
    return DetectionSettings.of(all);
  }

  @Override
  public Integer call() {
    Map<String, String> given = SettingOptions.given(spec, settings());
    DetectionSettings settings = withSteps(given);
    DetectorMemoryMeasurement found =
        new DetectorMemoryBenchmark(settings, shown.scene(settings), from).run(this::report);
    console.out().print(shown.json ? Json.text(found) + "\n" : text(found));
    found.growth().leaks().forEach(line -> console.err().println("kfac: error: " + line));
    return found.growth().leaks().isEmpty() ? 0 : Failure.FAILED;
  }

  private void report(long step) {
    if (step % STEPS_PER_LINE == 0) {
      console.err().println("step " + step);
    }
  }

  private static String text(DetectorMemoryMeasurement found) {
    Table peaks =
        new Table(
            List.of(
                Column.text("step"),
                Column.number("peak, calculated"),
                Column.number("above the start"),
                Column.number("temporary, calculated"),
                Column.number("above rest")),
            found.steps().entrySet().stream().map(BenchDetectorMemoryCommand::row).toList());
    return String.join(
        "\n",
        "The process had %s before the session%n".formatted(bytes(found.before())),
        peaks.text(),
        BenchMemoryCommand.table(found.growth()).text());
  }

  private static List<String> row(Map.Entry<StepKind, DetectorMemoryMeasurement.Peak> entry) {
    DetectorMemoryMeasurement.Peak peak = entry.getValue();
    return List.of(
        entry.getKey().label(),
        bytes(peak.calculated().peakBytes()),
        bytes(peak.aboveStart()),
        bytes(peak.calculated().temporaryBytes()),
        bytes(peak.aboveRest()));
  }
}
