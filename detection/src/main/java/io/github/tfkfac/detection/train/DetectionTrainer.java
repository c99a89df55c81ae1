package io.github.tfkfac.detection.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.models.data.BatchPlan.LastBatch;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.train.LoopExchange;
import io.github.tfkfac.models.train.RunRecord;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingWorkers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;

/**
 * Trains a detector: one run of the graph per batch, reports to listeners, evaluations and
 * checkpoints when they are due.
 *
 * <p><i>Numerics</i>: batches and samples depend on seeds and on the number of steps done alone, so
 * a resumed run does what the uninterrupted one would have done, on a CPU and with one thread to
 * the bit.
 */
public final class DetectionTrainer {

  private final DetectorTraining training;
  private final Session session;
  private final DetectionTrainingPlan plan;
  private final List<TrainingListener> listeners;
  private final StopSignal stop;
  private final InstantSource clock;
  private final TrainingWorkers workers;

  /**
   * A trainer.
   *
   * @param session of the graph, its variables initialized; stays the caller's
   * @param listeners told in this order; a {@link DetectionListener} of more
   * @param stop ends the run early when requested
   * @param clock measures the time of steps
   * @throws IllegalArgumentException if the batches do not fit the network
   */
  public DetectionTrainer(
      DetectorTraining training,
      Session session,
      DetectionTrainingPlan plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop,
      InstantSource clock) {
    this(training, session, plan, listeners, stop, clock, TrainingWorkers.alone());
  }

  private DetectionTrainer(
      DetectorTraining training,
      Session session,
      DetectionTrainingPlan plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop,
      InstantSource clock,
      TrainingWorkers workers) {
    requireFitting(training, plan.batches());
    this.training = training;
    this.session = session;
    this.plan = plan;
    this.listeners = List.copyOf(listeners);
    this.stop = stop;
    this.clock = clock;
    this.workers = workers;
  }

  /**
   * The same as one of several workers. Its graph was built for its part of a batch with an
   * optimizer across them, its session is one of theirs, and the plan's batches are divided.
   */
  public DetectionTrainer with(TrainingWorkers others) {
    return new DetectionTrainer(training, session, plan, listeners, stop, clock, others);
  }

  private static void requireFitting(DetectorTraining training, DetectionPlan batches) {
    int expected = training.network().inputs().batchSize();
    int images = batches.part().size(batches.batchSize());
    if (images != expected || batches.lastBatch() != LastBatch.DROP) {
      throw new IllegalArgumentException(
          "expected batches of "
              + expected
              + " images, as the network was built for, without a smaller last one, found batches"
              + " of "
              + images
              + " with LastBatch."
              + batches.lastBatch());
    }
    if (batches.data().categories().size() != training.config().classes()) {
      throw new IllegalArgumentException(
          "expected a data set of "
              + training.config().classes()
              + " categories, as the network was built for, found "
              + batches.data().categories().size()
              + " in "
              + batches.data().name()
              + "; build it with DetectorConfig.withClasses");
    }
  }

  /**
   * Trains from the session's present state and the first batch on.
   *
   * @return the last checkpoint, if there is one
   * @throws DetectionDivergedException if a loss is not finite or too many steps in a row were
   *     skipped
   * @throws io.github.tfkfac.models.data.DataException if an image cannot be read; the state before
   *     it is saved
   */
  public Optional<Path> train() {
    return run(BatcherPosition.START, Optional.empty());
  }

  /**
   * Resumes from a checkpoint of the same run; of several workers the chief alone reads it, or each
   * its own if they divide the state.
   *
   * @return the last checkpoint
   * @throws CheckpointException if the checkpoint cannot be used or is of a run with other
   *     settings; nothing is changed then
   * @throws DetectionDivergedException as {@link #train} does
   */
  public Optional<Path> resume(Path checkpoint) {
    if (!workers.savesState()) {
      return run(BatcherPosition.START, Optional.of(checkpoint));
    }
    RunRecord record = RunRecord.of(Checkpoint.verify(checkpoint), checkpoint);
    record.requireSettings(plan.settingsOf(training), checkpoint);
    training.checkpoint().restore(session, checkpoint);
    return run(record.position(), Optional.of(checkpoint));
  }

  private Optional<Path> run(BatcherPosition start, Optional<Path> checkpoint) {
    LoopExchange exchange = new LoopExchange(workers, training.optimizer(), session, stop);
    return exchange.run(
        () -> {
          BatcherPosition common = exchange.start(compared(), start);
          return new DetectionRun(
                  training, session, plan, listeners, exchange, clock, common, checkpoint)
              .run();
        });
  }

  /** What decides when workers exchange something, besides what decides the numbers. */
  private Map<String, String> compared() {
    Map<String, String> compared = plan.settingsOf(training);
    compared.put("loop.length", plan.length().toString());
    compared.put(
        "loop.evaluations", plan.evaluations().map(some -> some.period().toString()).orElse(""));
    compared.put(
        "loop.checkpoints", plan.checkpoints().map(some -> some.period().toString()).orElse(""));
    compared.put("loop.skipped_steps", Integer.toString(plan.skippedStepsLimit()));
    return compared;
  }
}
