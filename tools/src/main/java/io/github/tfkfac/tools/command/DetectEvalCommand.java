package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.evaluate.CocoEvaluator;
import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.DetectionScores;
import io.github.tfkfac.tools.detect.ExpectedScores;
import io.github.tfkfac.tools.option.CocoOptions;
import io.github.tfkfac.tools.option.EvaluatedOverlap;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates detections as COCO does. */
@Command(
    name = "eval",
    description = "Evaluate a results file as COCO does.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectEvalCommand implements Callable<Integer> {
  private final Console console;

  @Mixin CocoOptions data = new CocoOptions();

  @Option(
      names = "--results",
      paramLabel = "FILE",
      required = true,
      description = "Detections as a results file of COCO's format.")
  Path results = Path.of("results.json");

  @Mixin EvaluatedOverlap overlap = new EvaluatedOverlap();

  @Option(
      names = "--expect",
      paramLabel = "NUMBER=LEAST",
      split = ",",
      description = "Exit with code 1 unless the number, such as AP or AP50, is at least this.")
  Map<String, Double> expected = Map.of();

  @Option(names = "--json", description = "Print the numbers as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public DetectEvalCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    ExpectedScores gate = ExpectedScores.of(expected);
    CocoDataset dataset = InstancesReader.read(data.files().annotations());
    List<Detection> detections = ResultsReader.read(results, dataset);
    EvaluationOptions options = overlap.options(detections);
    Evaluation evaluation = CocoEvaluator.evaluate(dataset, detections, options);
    DetectionScores scores = DetectionScores.of(evaluation);
    console.out().print(json ? Json.text(scores.values()) + "\n" : scores.text());
    List<String> missed = gate.missed(evaluation.metrics());
    missed.forEach(line -> console.err().println("kfac: " + line));
    console.out().flush();
    return missed.isEmpty() ? 0 : 1;
  }
}
