package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.DatasetCheck;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.ImageProbe;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.detection.coco.Problem.Severity;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.detect.CocoFiles;
import io.github.tfkfac.tools.detect.DecodedImages;
import io.github.tfkfac.tools.option.CocoOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Names every problem of a data set. */
@Command(
    name = "validate",
    description = "Name every problem of a data set; exit code 2 if there is an error.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectValidateCommand implements Callable<Integer> {
  private static final int ERRORS_FOUND = 2;

  private final Console console;

  @Mixin CocoOptions options = new CocoOptions();

  @Option(
      names = "--no-images",
      description = "Do not decode the image files; only say which are missing.")
  boolean noImages;

  /** Writes to {@code console}. */
  public DetectValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    CocoFiles files = options.files();
    DatasetReading reading = InstancesReader.readLeniently(files.annotations());
    List<Problem> problems = new ArrayList<>(reading.problems());
    problems.addAll(DatasetCheck.annotations(reading.dataset()));
    problems.addAll(
        DatasetCheck.images(
            reading.dataset(), files.images(), noImages ? ImageProbe.NONE : new DecodedImages()));
    problems.forEach(
        problem ->
            console
                .out()
                .println(
                    problem.kind().severity().name().toLowerCase(Locale.ROOT)
                        + "  "
                        + problem.line()));
    long errors = problems.stream().filter(one -> one.kind().severity() == Severity.ERROR).count();
    console
        .out()
        .printf(
            "%s: %d images, %d annotations, %d errors, %d warnings%n",
            ShellWords.path(files.annotations()),
            reading.dataset().images().size(),
            reading.dataset().annotations().size(),
            errors,
            problems.size() - errors);
    console.out().flush();
    return errors == 0 ? 0 : ERRORS_FOUND;
  }
}
