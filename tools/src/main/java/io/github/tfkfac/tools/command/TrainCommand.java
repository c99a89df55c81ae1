package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.GivenOptions;
import io.github.tfkfac.tools.option.TrainingOptions;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier, or goes on with an interrupted training. */
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
      description = "nkfac, adankfac, sgdm or adamw; default nkfac.")
  @Nullable String optimizer;

  @Mixin TrainingOptions options = new TrainingOptions();

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Seed of initial values, order and augmentation; default 1.")
  @Nullable Long seed;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the run's own folder is made; default runs.")
  @Nullable Path runs;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the run's folder; default time, network and optimizer.")
  @Nullable String name;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Go on with the run in this folder; its options are those it was begun with.")
  @Nullable Path resume;

  /** Writes to {@code console}. */
  public TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = GivenOptions.of(spec);
    RecordedRun run = resume == null ? begin(given) : goOn(resume, given);
    String folder = ShellWords.path(run.run().folder().path());
    return new AttendedRun(console, run.run().settings().optimizer().label())
        .run(run, List.of("./kfac", "train", "--resume", folder));
  }

  private RecordedRun begin(Map<String, String> given) throws IOException {
    RunSettings settings = RunSettings.of(given);
    settings.optimizer().requireUses(given.keySet());
    Path root = runs == null ? Path.of("runs") : runs;
    if (name != null) {
      RunFolder.requireAbsent(root.resolve(name));
    }
    var images = settings.data().load();
    settings.totalSteps(images);
    RunFolder folder =
        name == null
            ? RunFolder.create(
                root,
                settings.model() + "-" + settings.optimizer().name(),
                Clock.system(ZoneId.systemDefault()))
            : RunFolder.create(root.resolve(name));
    return RecordedRun.start(
        new ClassificationRun(settings, images, folder),
        "train",
        spec.commandLine().getParseResult().originalArgs());
  }

  private RecordedRun goOn(Path path, Map<String, String> given) throws IOException {
    if (runs != null || name != null) {
      throw new UserError(
          "--runs and --name are for new runs; leave them out with --resume, which goes on in "
              + path);
    }
    return ResumedRuns.open(RunFolder.existing(path), given, console);
  }
}
