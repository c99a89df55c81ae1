package io.github.tfkfac.tools.detect;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.ResultsWriter;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.UnreadableImages;
import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingPlan;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.models.weights.PyTorchWeights;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.DiagnosticsProbe;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunProbe;
import io.github.tfkfac.tools.run.Task;
import io.github.tfkfac.tools.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * Trains one detector and leaves metrics, checkpoints, curves and detections in a run folder.
 *
 * @param settings what decides the run
 * @param images the images that the settings describe
 * @param folder where everything goes
 * @param workers that train it together; the chief alone writes to the folder
 */
public record DetectorRun(
    DetectionSettings settings, DetectionImages images, RunFolder folder, TrainingWorkers workers)
    implements Task<DetectorRun, DetectorOutcome> {

  static final String RESULTS = "results.json";
  static final String MASK_RESULTS = "results-masks.json";

  private static final int KEPT_CHECKPOINTS = 2;

  /** A run of one process. */
  public DetectorRun(DetectionSettings settings, DetectionImages images, RunFolder folder) {
    this(settings, images, folder, TrainingWorkers.alone());
  }

  /** The same as one of several workers. */
  public DetectorRun with(TrainingWorkers others) {
    return new DetectorRun(settings, images, folder, others);
  }

  /** The run of a folder with its images, which are drawn if the settings name none. */
  public static DetectorRun in(RunFolder folder, DetectionSettings settings) throws IOException {
    return new DetectorRun(
        settings,
        DetectionImages.read(
            settings.data(),
            settings.ids(),
            settings.masks() ? DatasetUse.MASKS : DatasetUse.BOXES,
            folder.path().resolve("shapes")),
        folder);
  }

  /** File of the detections on the evaluated images, a results file of COCO's format. */
  public Path results() {
    return folder.path().resolve(RESULTS);
  }

  /** The same with masks, if masks are learned. */
  public Path maskResults() {
    return folder.path().resolve(MASK_RESULTS);
  }

  @Override
  public Settings all() {
    return settings.all();
  }

  @Override
  public DetectorRun measured() {
    return new DetectorRun(
        new DetectionSettings(OptimizerSettings.measured(settings.all())), images, folder, workers);
  }

  @Override
  public Map<String, Long> seeds() {
    return Map.of("seed", settings.seed());
  }

  @Override
  public Map<String, String> identity() {
    return images.identity();
  }

  @Override
  public String title(String name) {
    return "%s, %s on %s".formatted(name, settings.name(), images.train().name());
  }

  @Override
  public long totalSteps() {
    return settings.steps();
  }

  @Override
  public CheckpointFolder checkpoints() {
    return workers.checkpoints(new CheckpointFolder(folder.checkpoints(), KEPT_CHECKPOINTS));
  }

  @Override
  public DetectorOutcome train(
      Optional<Path> resumeFrom,
      List<? extends TrainingListener> listeners,
      Consumer<String> warnings,
      StopSignal stop)
      throws IOException {
    if (!workers.isChief()) {
      return with(
          (training, session) ->
              trained(
                  training, session, resumeFrom, SkippedImages.told(line -> {}), List.of(), stop));
    }
    images.warnings().forEach(warnings);
    return trained(resumeFrom, listeners, warnings, stop);
  }

  private DetectorOutcome trained(
      Optional<Path> resumeFrom,
      List<? extends TrainingListener> listeners,
      Consumer<String> warnings,
      StopSignal stop)
      throws IOException {
    List<RunProbe.Open> diagnosed = new ArrayList<>();
    try (DetectorMetrics metrics = new DetectorMetrics(folder)) {
      List<TrainingListener> all = new ArrayList<>(List.of(metrics));
      all.addAll(listeners);
      DetectorOutcome outcome =
          with(
              (training, session) -> {
                if (settings.diagnostics() > 0) {
                  diagnosed.add(
                      DiagnosticsProbe.open(
                          settings.diagnostics(), training.optimizer(), session, folder));
                  all.addAll(diagnosed);
                }
                if (resumeFrom.isEmpty()) {
                  settings.weights().ifPresent(file -> assign(file, training, session, warnings));
                }
                SkippedImages skipped = SkippedImages.of(folder, warnings);
                return trained(training, session, resumeFrom, skipped, all, stop);
              });
      Optional<DetectionEvaluator.Outcome> evaluation = outcome.training().evaluation();
      if (evaluation.isPresent()) {
        ResultsWriter.writeBoxes(results(), evaluation.get().detections());
        if (settings.masks()) {
          ResultsWriter.writeMasks(maskResults(), evaluation.get().detections());
        }
      }
      DetectorCurves.write(folder);
      return outcome;
    } finally {
      diagnosed.forEach(RunProbe.Open::close);
    }
  }

  private DetectorOutcome trained(
      DetectorTraining training,
      Session session,
      Optional<Path> resumeFrom,
      SkippedImages skipped,
      List<TrainingListener> listeners,
      StopSignal stop) {
    Trainer<DetectionPlan, DetectionEvaluator.Outcome> trainer =
        new Trainer<>(training, session, plan(skipped), listeners, stop).with(workers);
    try {
      return new DetectorOutcome(
          resumeFrom.isPresent() ? trainer.resume(resumeFrom.get()) : trainer.train(),
          skipped.count());
    } catch (DataException unreadable) {
      throw settings.skipBadImages() ? unreadable : rejected(unreadable);
    }
  }

  /** An image that ends the run, with what can be done about it. */
  private UserError rejected(DataException unreadable) {
    String goOn =
        checkpoints().latest().isPresent()
            ? " and continue with --resume " + folder.path() + ","
            : ",";
    return new UserError(
        unreadable.getMessage() + goOn + " or start a run with --skip-bad-images", unreadable);
  }

  /**
   * Rejects what could not be trained, before anything costly is done.
   *
   * @throws IllegalArgumentException or {@link UserError} saying what does not fit
   */
  void requireTrainable() {
    plan(SkippedImages.told(line -> {}));
    if (workers.isDivided()) {
      settings.optimizer().requireDivisible();
    }
    settings.optimizers(settings.config(images.train().categories().size()));
    settings
        .weights()
        .filter(file -> !Files.isRegularFile(file))
        .ifPresent(
            file -> {
              throw new UserError(
                  "expected a file of weights, found no such file: " + file + "; see --weights");
            });
  }

  /**
   * Evaluates a checkpoint on the run's images.
   *
   * @param warnings told of images that are left out
   */
  public DetectionEvaluator.Outcome evaluate(Path checkpoint, Consumer<String> warnings)
      throws IOException {
    images.warnings().forEach(warnings);
    DetectionPlan plan =
        settings.evaluation(images, workers, settings.unreadable(SkippedImages.told(warnings)));
    return with(
        (training, session) -> {
          training.checkpoint().restore(session, checkpoint);
          return training.evaluate(session, plan, new StopSignal()).orElseThrow();
        });
  }

  /** Use of a detector in a session. */
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
              graph,
              config,
              workers.part().size(settings.batch()),
              settings.seed(),
              settings.optimizers(config).acrossWorkers(workers));
      SessionThreads threads = new SessionThreads(settings.threads(), settings.threads());
      try (Session session = workers.open(graph, threads)) {
        session.initialize();
        return use.of(training, session);
      }
    }
  }

  private void assign(
      Path file, DetectorTraining training, Session session, Consumer<String> remarks) {
    StartingWeights weights = new StartingWeights(PyTorchWeights.read(file));
    DetectorConfig config = training.config();
    if (config.backbone().normalizer() instanceof Normalizer.FixedBatch fixed
        && settings.likeTorchvision()) {
      weights.epsilonRemark(fixed.epsilon()).ifPresent(remarks);
    }
    weights.assign(training, images.train().categories(), session, remarks);
  }

  private TrainingPlan<DetectionPlan> plan(SkippedImages skipped) {
    UnreadableImages unreadable = settings.unreadable(skipped);
    return TrainingPlan.of(
            settings.training(images, unreadable).withPart(workers.part()),
            TrainingLength.steps(settings.steps()))
        .withEvaluations(
            settings.evaluation(images, workers, unreadable), period(settings.evaluationSteps()))
        .withCheckpoints(checkpoints(), period(settings.checkpointSteps()))
        .withSettings(settings.values());
  }

  private static Period period(long steps) {
    return steps == 0 ? Period.atTheEnd() : Period.steps(steps);
  }
}
