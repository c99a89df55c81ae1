package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.DatasetCheck;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.ImageProbe;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.detection.coco.Problem.Severity;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.detect.CocoFiles;
import io.github.tfkfac.tools.detect.DecodedImages;
import io.github.tfkfac.tools.option.CocoOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
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

  @Option(
      names = "--masks",
      description = "Outlines and masks are needed: faults in them are errors, not warnings.")
  boolean masks;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Problems shown, errors first, 0 for all (default: ${DEFAULT-VALUE}).")
  int limit = 500;

  /** Writes to {@code console}. */
  public DetectValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    CocoFiles files = options.files();
    DatasetUse use = masks ? DatasetUse.MASKS : DatasetUse.BOXES;
    DatasetReading reading = InstancesReader.readLeniently(files.annotations());
    List<Problem> problems = new ArrayList<>(reading.problems(use));
    problems.addAll(DatasetCheck.annotations(reading));
    problems.addAll(options.categoryDifferences());
    problems.addAll(
        DatasetCheck.images(
            reading.dataset(), files.images(), noImages ? ImageProbe.NONE : new DecodedImages()));
    problems.sort(Comparator.comparing(problem -> use.severity(problem.kind())));
    problems.stream()
        .limit(limit == 0 ? problems.size() : limit)
        .forEach(problem -> console.out().println(line(problem, use)));
    if (limit != 0 && problems.size() > limit) {
      console
          .out()
          .printf(
              "and %s; --limit 0 shows all%n", Counts.of(problems.size() - limit, "more problem"));
    }
    long errors =
        problems.stream().filter(one -> use.severity(one.kind()) == Severity.ERROR).count();
    console
        .out()
        .printf(
            "%s: %s, %s, %s, %s%n",
            ShellWords.path(files.annotations()),
            Counts.of(reading.dataset().images().size(), "image"),
            Counts.of(reading.dataset().annotations().size(), "annotation"),
            Counts.of(errors, "error"),
            Counts.of(problems.size() - errors, "warning"));
    console.out().flush();
    return errors == 0 ? 0 : ERRORS_FOUND;
  }

  private static String line(Problem problem, DatasetUse use) {
    return use.severity(problem.kind()).name().toLowerCase(Locale.ROOT) + "  " + problem.line();
  }
}
