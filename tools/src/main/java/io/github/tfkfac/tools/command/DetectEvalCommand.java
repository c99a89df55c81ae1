package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.CocoOptions;
import io.github.tfkfac.tools.option.EvaluatedOverlap;
import io.github.tfkfac.tools.option.ExpectedScoreOptions;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Evaluates detections as COCO does. */
@Command(
    name = "eval",
    description = "Evaluate a run's detector, or a results file, as COCO does.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectEvalCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = "Folder of a run; it is evaluated on its own images.")
  @Nullable Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "FOLDER",
      description = "Checkpoint of RUN; default: the newest that is whole.")
  @Nullable Path checkpoint;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Detections as a results file of COCO's format, in place of RUN.")
  @Nullable Path results;

  @Mixin CocoOptions data = new CocoOptions();
  @Mixin EvaluatedOverlap overlap = new EvaluatedOverlap();
  @Mixin ExpectedScoreOptions expected = new ExpectedScoreOptions();

  @Option(names = "--json", description = "Print the numbers as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public DetectEvalCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    EvaluatedDetections found = evaluated();
    console.out().print(json ? Json.text(found.values()) + "\n" : found.text());
    List<String> missed = expected.missed(found.evaluations());
    missed.forEach(line -> console.err().println("kfac: " + line));
    console.out().flush();
    return missed.isEmpty() ? 0 : 1;
  }

  private EvaluatedDetections evaluated() throws IOException {
    if (run != null && results == null) {
      return EvaluatedDetections.ofRun(
          run,
          Optional.ofNullable(checkpoint),
          data.folder(),
          overlap,
          expected,
          line -> console.err().println("kfac: " + line));
    }
    if (run == null && results != null) {
      if (checkpoint != null) {
        throw new UserError("--checkpoint is one of RUN; leave it out with --results");
      }
      data.requireSameCategories();
      return EvaluatedDetections.ofResults(
          results, data.files(), overlap, expected, line -> console.err().println("kfac: " + line));
    }
    throw new UserError(
        "expected either the folder of a run or --results with a file; found "
            + (run == null ? "neither" : "both"));
  }
}
