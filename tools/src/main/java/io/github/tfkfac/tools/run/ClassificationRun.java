package io.github.tfkfac.tools.run;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingPlan;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.setting.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * Trains one network with one optimizer and leaves metrics, events, checkpoints and curves in a run
 * folder.
 *
 * @param settings what decides the run
 * @param images the images that {@code settings.data()} describe
 * @param folder where everything goes
 * @param probes measure more than the metrics
 * @param before how well the network did before its first step, if that is known; the first point
 *     of the test curves
 * @param network the network if it is open already; it stays open
 * @param workers that train it together; the chief alone writes to the folder
 */
public record ClassificationRun(
    RunSettings settings,
    DataSettings.Loaded images,
    RunFolder folder,
    List<RunProbe> probes,
    Optional<ClassificationMetrics> before,
    Optional<OpenNetwork> network,
    TrainingWorkers workers)
    implements Task<ClassificationRun, ClassificationRun.Outcome> {

  private static final int KEPT_CHECKPOINTS = 3;

  public ClassificationRun {
    probes = List.copyOf(probes);
  }

  /** A run without probes. */
  public ClassificationRun(RunSettings settings, DataSettings.Loaded images, RunFolder folder) {
    this(settings, images, folder, List.of());
  }

  /** A run of a network that was not evaluated before. */
  public ClassificationRun(
      RunSettings settings, DataSettings.Loaded images, RunFolder folder, List<RunProbe> probes) {
    this(
        settings,
        images,
        folder,
        probes,
        Optional.empty(),
        Optional.empty(),
        TrainingWorkers.alone());
  }

  /** The same with an evaluation of the network before its first step. */
  public ClassificationRun withBefore(ClassificationMetrics evaluation) {
    return new ClassificationRun(
        settings, images, folder, probes, Optional.of(evaluation), network, workers);
  }

  /** The same with a network that is open already and stays so. */
  public ClassificationRun withNetwork(OpenNetwork open) {
    return new ClassificationRun(
        settings, images, folder, probes, before, Optional.of(open), workers);
  }

  /** The same as one of several workers, which the network must have been opened for. */
  public ClassificationRun with(TrainingWorkers others) {
    return new ClassificationRun(settings, images, folder, probes, before, network, others);
  }

  /**
   * Outcome of a run.
   *
   * @param training the trainer's result; the evaluation of a finished run is that of all test
   *     images
   * @param health the optimizer's counters at the end
   */
  public record Outcome(TrainingResult<ClassificationMetrics> training, TrainingHealth health)
      implements Task.Outcome {

    @Override
    public boolean finished() {
      return training.finished();
    }

    @Override
    public Map<String, Object> result() {
      ClassificationMetrics evaluation = training.evaluation().orElseThrow();
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("test_accuracy", evaluation.accuracy());
      result.put("test_loss", evaluation.loss());
      result.put("test_images", evaluation.images());
      result.put("steps", training.step());
      result.put("health", health);
      return result;
    }
  }

  @Override
  public Settings all() {
    return settings.all();
  }

  @Override
  public ClassificationRun measured() {
    return new ClassificationRun(
        settings.measured(), images, folder, probes, before, network, workers);
  }

  @Override
  public Map<String, Long> seeds() {
    Map<String, Long> seeds = new LinkedHashMap<>();
    seeds.put("seed", settings.seed());
    if (settings.data().dataset().equals(DataSettings.GENERATED)) {
      seeds.put("generator-seed", settings.data().generatorSeed());
    }
    return seeds;
  }

  @Override
  public Map<String, String> identity() {
    return images.identity();
  }

  @Override
  public String title(String name) {
    return "%s on %s with %s".formatted(settings.model(), images.train(), name);
  }

  @Override
  public CheckpointFolder checkpoints() {
    return workers.checkpoints(checkpoints(folder));
  }

  @Override
  public long totalSteps() {
    return settings.totalSteps(images);
  }

  /** Checkpoints of the run in a folder. */
  public static CheckpointFolder checkpoints(RunFolder folder) {
    return new CheckpointFolder(folder.checkpoints(), KEPT_CHECKPOINTS);
  }

  @Override
  public Outcome train(
      Optional<Path> resumeFrom,
      List<? extends TrainingListener> listeners,
      Consumer<String> warnings,
      StopSignal stop)
      throws IOException {
    OpenNetwork opened = network.orElseGet(() -> settings.open(images, workers));
    try (Session session = workers.open(opened.graph(), settings.sessionThreads())) {
      opened.start(session);
      TrainingResult<ClassificationMetrics> result =
          workers.isChief()
              ? trained(opened, session, resumeFrom, listeners, stop)
              : trained(opened.training(), session, resumeFrom, List.of(), stop);
      return new Outcome(result, opened.training().optimizer().health(session));
    } finally {
      if (network.isEmpty()) {
        opened.close();
      }
    }
  }

  private TrainingResult<ClassificationMetrics> trained(
      TrainingGraph<TFloat32> training,
      Session session,
      Optional<Path> resumeFrom,
      List<TrainingListener> listeners,
      StopSignal stop) {
    Trainer<BatchPlan, ClassificationMetrics> trainer =
        new Trainer<>(training, session, plan(), listeners, stop).with(workers);
    return resumeFrom.isPresent() ? trainer.resume(resumeFrom.get()) : trainer.train();
  }

  private TrainingResult<ClassificationMetrics> trained(
      OpenNetwork opened,
      Session session,
      Optional<Path> resumeFrom,
      List<? extends TrainingListener> listeners,
      StopSignal stop)
      throws IOException {
    List<RunProbe.Open> open = new ArrayList<>();
    TrainingGraph<TFloat32> training = opened.training();
    try (MetricsListener metrics = new MetricsListener(folder, before)) {
      probes.forEach(probe -> open.add(probe.open(opened.graph(), training, session, this)));
      if (settings.diagnostics() > 0) {
        open.add(
            DiagnosticsProbe.open(settings.diagnostics(), training.optimizer(), session, folder));
      }
      List<TrainingListener> all = new ArrayList<>(List.of(metrics));
      all.addAll(open);
      all.addAll(listeners);
      TrainingResult<ClassificationMetrics> result =
          evaluatedOnAll(
              trained(training, session, resumeFrom, all, stop), training, session, all, stop);
      RunCurves.write(folder);
      return result;
    } finally {
      open.forEach(RunProbe.Open::close);
    }
  }

  private TrainingPlan<BatchPlan> plan() {
    ImageDataset test = images.test();
    ImageDataset evaluated = partly() ? test.first(settings.evaluationImages()) : test;
    return TrainingPlan.of(settings.batches(images, workers), settings.length())
        .withEvaluations(evaluation(evaluated), Period.epochs(settings.evaluationEpochs()))
        .withCheckpoints(checkpoints(), Period.epochs(settings.checkpointEpochs()))
        .withSettings(settings.values());
  }

  /** Whether evaluations during training leave test images out. */
  private boolean partly() {
    return settings.evaluationImages() > 0 && settings.evaluationImages() < images.test().size();
  }

  private BatchPlan evaluation(ImageDataset data) {
    return BatchPlan.evaluation(data, images.scaling(), workers.part().size(settings.batch()));
  }

  private TrainingResult<ClassificationMetrics> evaluatedOnAll(
      TrainingResult<ClassificationMetrics> result,
      TrainingGraph<TFloat32> training,
      Session session,
      List<TrainingListener> listeners,
      StopSignal stop) {
    if (!result.finished() || !partly()) {
      return result;
    }
    Optional<ClassificationMetrics> whole =
        training.evaluate(session, evaluation(images.test()), stop);
    whole.ifPresent(
        found ->
            listeners.forEach(
                listener ->
                    training.report(found, result.step(), result.position().epoch(), listener)));
    return result.withEvaluation(whole);
  }
}
