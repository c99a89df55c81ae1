package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.detect.DetectorPrediction;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws what a detector finds. */
@Command(
    name = "predict",
    description = "Draw boxes, labels, scores and masks that a run's detector finds in images.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectPredictCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run.")
  Path run = Path.of(".");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "IMAGE",
      description =
          "JPEG or PNG files; default: the images that the run is evaluated on, beside their"
              + " annotations.")
  List<Path> images = List.of();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where the pictures and results files go; default RUN/pictures.")
  @Nullable Path out;

  @Option(
      names = "--least-score",
      paramLabel = "SCORE",
      description = "Detections below are not drawn (default: ${DEFAULT-VALUE}).")
  double leastScore = 0.5;

  @Option(names = "--data", paramLabel = "FOLDER", description = "New place of the run's data.")
  @Nullable Path data;

  /** Writes to {@code console}. */
  public DetectPredictCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    RunFolder folder = RunFolder.existing(run);
    RecordedDetectorRun recorded =
        RecordedDetectorRun.open(folder, data == null ? Map.of() : Map.of("data", data.toString()));
    Path target = out == null ? folder.path().resolve("pictures") : out;
    Consumer<String> warnings = line -> console.err().println("kfac: " + line);
    List<Path> files =
        new DetectorPrediction(recorded.run(), leastScore)
            .write(recorded.checkpoint(Optional.empty(), warnings), images, target, warnings);
    files.forEach(file -> console.out().println(ShellWords.path(file)));
    console.out().flush();
    return 0;
  }
}
