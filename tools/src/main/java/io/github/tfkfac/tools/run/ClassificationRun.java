package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingPlan;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.optimizer.TrainingHealth;
import io.github.tfkfac.state.Checkpoint;
import io.github.tfkfac.state.CheckpointFolder;
import io.github.tfkfac.tools.record.EventFile;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsSink;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * Trains one network with one optimizer and leaves metrics, events, checkpoints and curves in a run
 * folder.
 *
 * @param settings what decides the run
 * @param images the images that {@code settings.data()} describe
 * @param folder where everything goes
 */
public record ClassificationRun(
    RunSettings settings, DataSettings.Loaded images, RunFolder folder) {

  private static final int KEPT_CHECKPOINTS = 3;

  /**
   * How a run ended.
   *
   * @param training the trainer's result
   * @param health the optimizer's counters at the end
   */
  public record Outcome(TrainingResult training, TrainingHealth health) {}

  /** Steps of the complete run. */
  public long totalSteps() {
    return length().totalSteps(training(), settings.optimizer().accumulation());
  }

  /** Checkpoints of the run. */
  public CheckpointFolder checkpoints() {
    return new CheckpointFolder(folder.checkpoints(), KEPT_CHECKPOINTS);
  }

  /**
   * Trains from the start, or goes on from a checkpoint.
   *
   * @param resumeFrom the checkpoint to go on from, if any
   * @param listeners told besides the metrics files
   * @param stop ends the run early when requested
   */
  public Outcome run(Optional<Path> resumeFrom, List<TrainingListener> listeners, StopSignal stop)
      throws IOException {
    ClassifierSpec<TFloat32> spec =
        ClassifierSpec.of(settings.architecture(), images.train(), TFloat32.class, settings.seed())
            .withLoss(new SoftmaxCrossEntropy(settings.labelSmoothing()));
    SessionThreads threads = new SessionThreads(settings.threads(), settings.operations());
    try (Graph graph = new Graph()) {
      TrainingGraph<TFloat32> training =
          TrainingGraph.build(graph, spec, settings.optimizer().factory(totalSteps()));
      try (Session session = threads.open(graph);
          MetricsSink csv = csv(resumeFrom);
          MetricsSink events = events(resumeFrom)) {
        session.initialize();
        List<TrainingListener> all = new ArrayList<>();
        all.add(new MetricsListener(List.of(csv, events)));
        all.addAll(listeners);
        Trainer<TFloat32> trainer = new Trainer<>(training, session, plan(), all, stop);
        TrainingResult result =
            resumeFrom.isPresent() ? trainer.resume(resumeFrom.get()) : trainer.train();
        RunCurves.write(folder);
        return new Outcome(result, training.optimizer().health(session));
      }
    }
  }

  private TrainingPlan plan() {
    ImageDataset test = images.test();
    int part = settings.evaluationImages();
    ImageDataset evaluated = part == 0 || part >= test.size() ? test : test.first(part);
    return TrainingPlan.of(training(), length())
        .withEvaluations(
            BatchPlan.evaluation(evaluated, images.scaling(), settings.batch()),
            Period.epochs(settings.evaluationEpochs()))
        .withCheckpoints(checkpoints(), Period.epochs(settings.checkpointEpochs()))
        .withSettings(settings.values());
  }

  private BatchPlan training() {
    return BatchPlan.training(images.train(), images.scaling(), settings.batch(), settings.seed())
        .withAugmentation(images.augmentation());
  }

  private TrainingLength length() {
    return TrainingLength.epochs(settings.epochs());
  }

  private MetricsSink csv(Optional<Path> resumeFrom) throws IOException {
    return resumeFrom.isPresent()
        ? MetricsCsv.resume(folder.metrics(), MetricsListener.COLUMNS, stepOf(resumeFrom.get()))
        : MetricsCsv.create(folder.metrics(), MetricsListener.COLUMNS);
  }

  private MetricsSink events(Optional<Path> resumeFrom) throws IOException {
    Clock clock = Clock.systemUTC();
    return resumeFrom.isPresent()
        ? EventFile.resume(folder.events(), stepOf(resumeFrom.get()), clock)
        : EventFile.create(folder.events(), clock);
  }

  private static long stepOf(Path checkpoint) {
    Checkpoint.verify(checkpoint);
    return CheckpointFolder.stepOf(checkpoint);
  }
}
