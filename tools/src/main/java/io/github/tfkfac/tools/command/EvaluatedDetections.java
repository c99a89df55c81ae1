package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.evaluate.CocoEvaluator;
import io.github.tfkfac.detection.evaluate.Evaluation;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.detection.evaluate.Overlap;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.tools.detect.CocoFiles;
import io.github.tfkfac.tools.detect.DetectionScores;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.option.EvaluatedOverlap;
import io.github.tfkfac.tools.option.ExpectedScoreOptions;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Evaluations of a results file or of a run.
 *
 * @param checkpoint of the run, if it was one
 * @param evaluations at least one
 */
record EvaluatedDetections(Optional<Path> checkpoint, List<Evaluation> evaluations) {

  /**
   * A results file, compared with annotations.
   *
   * @param warnings told of what is wrong with the files and not needed
   */
  static EvaluatedDetections ofResults(
      Path results,
      CocoFiles files,
      EvaluatedOverlap overlap,
      ExpectedScoreOptions expected,
      Consumer<String> warnings)
      throws IOException {
    CheckedResults checked = CheckedResults.read(results, files.annotations(), overlap);
    expected.requireFitting(List.of(checked.options().overlap()));
    checked.warnings().forEach(warnings);
    return new EvaluatedDetections(
        Optional.empty(),
        List.of(
            CocoEvaluator.evaluate(checked.dataset(), checked.detections(), checked.options())));
  }

  /**
   * A run's detector on the run's images.
   *
   * @param checkpoint the newest that is whole if there is none
   * @param data new place of the run's data, if it has one
   * @param warnings told of images that are left out
   */
  static EvaluatedDetections ofRun(
      Path run,
      Optional<Path> checkpoint,
      Optional<Path> data,
      EvaluatedOverlap overlap,
      ExpectedScoreOptions expected,
      Consumer<String> warnings)
      throws IOException {
    RecordedDetectorRun recorded =
        RecordedDetectorRun.open(
            RunFolder.existing(run),
            data.map(folder -> Map.of("data", folder.toString())).orElse(Map.of()));
    List<Overlap> overlaps = overlap.of(recorded.run().settings().masks());
    expected.requireFitting(overlaps);
    Path used = recorded.checkpoint(checkpoint, warnings);
    DetectionEvaluator.Outcome outcome = recorded.run().evaluate(used, warnings);
    CocoDataset dataset = recorded.run().images().val().annotations();
    List<Evaluation> evaluations = new ArrayList<>();
    for (Overlap one : overlaps) {
      EvaluationOptions options = overlap.options(one);
      evaluations.add(
          Stream.concat(Stream.of(outcome.boxes()), outcome.masks().stream())
              .filter(evaluation -> evaluation.options().equals(options))
              .findFirst()
              .orElseGet(() -> CocoEvaluator.evaluate(dataset, outcome.detections(), options)));
    }
    return new EvaluatedDetections(Optional.of(used), evaluations);
  }

  /** Tables for a terminal. */
  String text() {
    return evaluations.stream()
        .map(evaluation -> DetectionScores.of(evaluation).text())
        .collect(Collectors.joining("\n"));
  }

  /** The same for programs: of a file its numbers, of a run those of boxes and masks. */
  Map<String, Object> values() {
    if (checkpoint.isEmpty()) {
      return DetectionScores.of(evaluations.get(0)).values();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("checkpoint", checkpoint.get().toString());
    evaluations.forEach(
        evaluation -> {
          DetectionScores scores = DetectionScores.of(evaluation);
          values.put(scores.overlap(), scores.values());
        });
    return values;
  }
}
