package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.DetectorWeights;
import io.github.tfkfac.detection.coco.ResultsWriter;
import io.github.tfkfac.detection.data.Prefetch;
import io.github.tfkfac.detection.predict.MaskPaster;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectionListener;
import io.github.tfkfac.detection.train.DetectionStep;
import io.github.tfkfac.detection.train.DetectionTrainer;
import io.github.tfkfac.detection.train.DetectionTrainingPlan;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.detection.train.Predictor;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.weights.PyTorchWeights;
import io.github.tfkfac.state.CheckpointFolder;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * Trains one detector and leaves metrics, checkpoints, curves and detections in a run folder.
 *
 * @param settings what decides the run
 * @param images the images that the settings describe
 * @param folder where everything goes
 */
public record DetectorRun(DetectionSettings settings, DetectionImages images, RunFolder folder) {

  private static final int KEPT_CHECKPOINTS = 2;

  /** The run of a folder with its images, which are drawn if the settings name none. */
  public static DetectorRun in(RunFolder folder, DetectionSettings settings) throws IOException {
    return new DetectorRun(
        settings,
        DetectionImages.read(settings.data(), settings.ids(), folder.path().resolve("shapes")),
        folder);
  }

  /** Where the detections on the evaluated images lie, a results file of COCO's format. */
  public Path results() {
    return folder.path().resolve("results.json");
  }

  /** The same with masks, if masks are learnt. */
  public Path maskResults() {
    return folder.path().resolve("results-masks.json");
  }

  /** Checkpoints of the run. */
  public CheckpointFolder checkpoints() {
    return new CheckpointFolder(folder.checkpoints(), KEPT_CHECKPOINTS);
  }

  /**
   * Trains from the start, or goes on from a checkpoint.
   *
   * @param resumeFrom the checkpoint to go on from, if any
   * @param listeners told besides the metrics file
   * @param stop ends the run early when requested
   */
  public DetectorOutcome run(
      Optional<Path> resumeFrom, List<? extends DetectionListener> listeners, StopSignal stop)
      throws IOException {
    LastEvents last = new LastEvents();
    try (DetectorMetrics metrics = new DetectorMetrics(folder, resumeFrom.isPresent())) {
      List<DetectionListener> all = new ArrayList<>(List.of(metrics, last));
      all.addAll(listeners);
      Optional<Path> checkpoint =
          with(
              (training, session) -> {
                DetectionTrainer trainer =
                    new DetectionTrainer(
                        training, session, plan(), all, stop, InstantSource.system());
                if (resumeFrom.isPresent()) {
                  return trainer.resume(resumeFrom.get());
                }
                settings.weights().ifPresent(file -> assign(file, training, session));
                return trainer.train();
              });
      Optional<DetectionEvaluator.Outcome> outcome = Optional.ofNullable(last.outcome);
      if (outcome.isPresent()) {
        ResultsWriter.writeBoxes(results(), outcome.get().detections());
        if (settings.masks()) {
          ResultsWriter.writeMasks(maskResults(), outcome.get().detections());
        }
      }
      DetectorCurves.write(folder);
      return new DetectorOutcome(
          last.evaluatedAt >= settings.steps(),
          Optional.ofNullable(last.step),
          outcome,
          checkpoint);
    }
  }

  /** Evaluates a checkpoint on the run's images. */
  public DetectionEvaluator.Outcome evaluate(Path checkpoint) throws IOException {
    return with(
        (training, session) -> {
          training.checkpoint().restore(session, checkpoint);
          return new DetectionEvaluator(
                  predictor(training, session),
                  new MaskPaster(training.config().profile().maskPaste()))
              .evaluate(settings.evaluation(images), Prefetch.threads(1), new StopSignal())
              .orElseThrow();
        });
  }

  static Predictor predictor(DetectorTraining training, Session session) {
    return new Predictor(training.inference(), training.config(), session);
  }

  /** What is done with a detector in a session. */
  @FunctionalInterface
  interface Use<R> {
    R of(DetectorTraining training, Session session) throws IOException;
  }

  /** Opens the detector with initial values. */
  <R> R with(Use<R> use) throws IOException {
    try (Graph graph = new Graph()) {
      DetectorConfig config = settings.config(images.train().categories().size());
      DetectorTraining training =
          DetectorTraining.build(
              graph, config, settings.batch(), settings.seed(), settings.optimizers(config));
      SessionThreads threads = new SessionThreads(settings.threads(), settings.threads());
      try (Session session = threads.open(graph)) {
        session.initialize();
        return use.of(training, session);
      }
    }
  }

  private static void assign(Path file, DetectorTraining training, Session session) {
    DetectorWeights.ofBackbone(PyTorchWeights.read(file))
        .assignTo(training.store(), DetectorWeights.BACKBONE, session);
  }

  private DetectionTrainingPlan plan() {
    return DetectionTrainingPlan.of(
            settings.training(images), TrainingLength.steps(settings.steps()))
        .withEvaluations(settings.evaluation(images), period(settings.evaluationSteps()))
        .withCheckpoints(checkpoints(), period(settings.checkpointSteps()))
        .withSettings(settings.values());
  }

  private static Period period(long steps) {
    return steps == 0 ? Period.atTheEnd() : Period.steps(steps);
  }

  private static final class LastEvents implements DetectionListener {
    @Nullable DetectionStep step;
    DetectionEvaluator.@Nullable Outcome outcome;
    long evaluatedAt;

    @Override
    public void stepped(DetectionStep done) {
      step = done;
    }

    @Override
    public void evaluated(long at, DetectionEvaluator.Outcome found) {
      outcome = found;
      evaluatedAt = at;
    }
  }
}
