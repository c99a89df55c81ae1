package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.option.GivenOptions;
import io.github.tfkfac.tools.option.OptimizerNames;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.TrainingOptions;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier, or resumes an interrupted training. */
@Command(
    name = "train",
    description = {
      "Train a network to classify images.",
      "Without options: ResNet-20 on images that the program draws, by NKFAC, in a few minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ConfigOption config = new ConfigOption();

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = OptimizerNames.class,
      description = "${COMPLETION-CANDIDATES}; default nkfac.")
  @Nullable String optimizer;

  @Mixin TrainingOptions options = new TrainingOptions();

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Seed of initial values, order and augmentation; default 1.")
  @Nullable Long seed;

  @Option(
      names = "--diagnostics",
      paramLabel = "STEPS",
      description =
          "Steps between two measurements of every layer's curvature, written to diagnostics.csv"
              + " and as TensorBoard scalars; default 0, none.")
  @Nullable Integer diagnostics;

  @Mixin RunFolderOptions folders = new RunFolderOptions();

  /** Writes to {@code console}. */
  public TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = GivenOptions.of(spec);
    Optional<Path> resumed = folders.resumed();
    RecordedRun run =
        resumed.isPresent()
            ? ResumedRuns.open(RunFolder.existing(resumed.get()), given, console)
            : begin(RunSettings.of(given), given);
    return new ConsoleRun(console, run.run().settings().optimizer().label())
        .run(run, outcome -> RunSummary.of(outcome, run.run()));
  }

  private RecordedRun begin(RunSettings settings, Map<String, String> given) throws IOException {
    settings.optimizer().requireUses(given.keySet());
    folders.requireAbsent();
    DataSettings.Loaded images = settings.images();
    settings.requireFits(images);
    RunSettings limited = LimitedFactors.of(settings, given, images, console);
    RunFolder folder = folders.create(settings.model() + "-" + settings.optimizer().name());
    return RecordedRun.start(
        new ClassificationRun(limited, images, folder),
        "train",
        spec.commandLine().getParseResult().originalArgs());
  }
}
