package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains several optimizers with several seeds on one task and reports. */
@Command(
    name = "compare",
    description = {
      "Compare optimizers: several runs of each on the same task, and a report.",
      "Started again on the same folder it skips finished runs and resumes the others."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer>, TakesSettings {
  private static final List<String> OF_ARMS = List.of("optimizer", "seed", "diagnostics");

  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();

  @Option(
      names = "--optimizers",
      paramLabel = "ARM",
      split = ",",
      description =
          "What to compare, separated by commas: an optimizer, perhaps with options of its own, as"
              + " in 'nkfac:stat-period=10;inverse-period=50'; default nkfac,sgdm,adamw.")
  List<String> arms = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "SEED",
      split = ",",
      description = "Seeds of each arm's runs, separated by commas; default 1,2,3.")
  List<Long> seeds = List.of();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Folder of the comparison; default runs/<time>-compare.")
  @Nullable Path out;

  @Option(
      names = "--report-only",
      description = "Train nothing; write the report of the finished runs in --out.")
  boolean reportOnly;

  /** Writes to {@code console}. */
  public CompareCommand(Console console) {
    this.console = console;
  }

  @Override
  public List<Setting<?>> settings() {
    return Settings.only(RunSettings.BUILT, false, OF_ARMS).stream()
        .<Setting<?>>map(
            setting ->
                OptimizerSettings.optionNames().contains(setting.name())
                    ? setting.shownDefault("that of the optimizer")
                    : setting)
        .toList();
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    return RunSettings.of(given).options();
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = SettingOptions.given(spec, settings());
    if (reportOnly) {
      if (out == null || !arms.isEmpty() || !seeds.isEmpty()) {
        throw new UserError(
            "--report-only needs --out with the folder of a comparison, and neither --optimizers"
                + " nor --seeds");
      }
      return new ComparisonFiles(console, out).report(given);
    }
    List<Long> all = seeds.isEmpty() ? List.of(1L, 2L, 3L) : List.copyOf(seeds);
    if (new HashSet<>(all).size() < all.size()) {
      throw new UserError("expected different seeds, found " + all);
    }
    return new ConsoleComparison(
            console,
            Arm.parse(arms.isEmpty() ? List.of("nkfac", "sgdm", "adamw") : arms, given),
            all,
            ComparisonFiles.folder(out, "compare"),
            spec.commandLine().getParseResult().originalArgs())
        .run();
  }
}
