package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.experiment.Choice;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentReport;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.Laboratory;
import io.github.tfkfac.tools.lab.experiment.RunExecutor;
import io.github.tfkfac.tools.lab.experiment.Series;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.option.TakesSettings;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs one experiment and reports. */
@Command(sortOptions = false, mixinStandardHelpOptions = true)
final class ExperimentRunCommand implements Callable<Integer>, TakesSettings {
  private static final List<String> OF_ARMS = List.of("optimizer", "seed", "diagnostics");
  private static final List<String> PERIODS = List.of("stat-period", "inverse-period");

  private final Console console;
  private final Experiment experiment;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin ExperimentOptions options = new ExperimentOptions();

  ExperimentRunCommand(Console console, Experiment experiment) {
    this.console = console;
    this.experiment = experiment;
  }

  @Override
  public List<Setting<?>> settings() {
    return RunSettings.BUILT.stream()
        .filter(setting -> !OF_ARMS.contains(setting.name()))
        .filter(
            setting ->
                PERIODS.contains(setting.name())
                    || !OptimizerSettings.optionNames().contains(setting.name()))
        .<Setting<?>>map(setting -> setting.shownDefault("that of the preset"))
        .toList();
  }

  @Override
  public Map<String, String> effective(Map<String, String> given) {
    return Map.of();
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = given();
    Path folder = ComparisonFiles.folder(options.out, experiment.name());
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    Laboratory laboratory = new Laboratory(experiment, folder, arguments, InstantSource.system());
    if (options.reportOnly) {
      if (options.out == null || !given.isEmpty() || options.seeds != null) {
        throw new UserError("--report-only needs --out, and neither --seeds nor options of runs");
      }
    } else {
      ExperimentSettings settings =
          new ExperimentSettings(
              options.preset,
              options.seeds == null ? experiment.seeds(options.preset) : options.seeds,
              given);
      List<String> arms =
          experiment.plan(settings).series().stream()
              .flatMap(series -> series.arms().stream().map(arm -> arm.label()))
              .distinct()
              .toList();
      options.only.forEach(arm -> Suggestions.require("arm", arm, arms));
      boolean ended = laboratory.train(settings, options.only, task -> executor(task, arguments));
      if (!ended) {
        console.err().println("interrupted; resume with the same command and --out=" + folder);
        return Interruption.exitCode();
      }
    }
    Path page = new ExperimentReport(experiment, laboratory.result()).write(folder);
    console.out().printf("report   %s%n", ShellWords.path(page));
    console.out().printf("numbers  %s%n", ShellWords.path(folder.resolve("summary.csv")));
    console.out().printf("steps    %s%n", ShellWords.path(folder.resolve("results.csv")));
    console.out().flush();
    return 0;
  }

  private RunExecutor executor(Series.Task task, List<String> arguments) {
    return switch (task) {
      case CLASSIFICATION -> new ClassifierExecutor(console, experiment.probes(), arguments);
      case REGRESSION -> new ConsoleRegressions(console, jobs(given()), arguments);
    };
  }

  private static int jobs(Map<String, String> given) {
    try {
      return Integer.parseInt(given.getOrDefault("jobs", "2"));
    } catch (NumberFormatException e) {
      throw new UserError("expected a number of --jobs, found '" + given.get("jobs") + "'", e);
    }
  }

  private Map<String, String> given() {
    Map<String, String> given = SettingOptions.given(spec, settings());
    for (Choice choice : experiment.choices()) {
      Object value = spec.findOption("--" + choice.name()).getValue();
      if (value != null) {
        given.put(choice.name(), value.toString());
      }
    }
    return given;
  }
}
