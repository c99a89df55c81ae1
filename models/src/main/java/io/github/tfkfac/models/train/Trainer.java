package io.github.tfkfac.models.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;

/**
 * Trains a network: one run of the graph per batch, reports to listeners, evaluations and
 * checkpoints when they are due. A damping that is adapted sees the batch of its step once more.
 *
 * <p><i>Numerics</i>: a resumed run does what the uninterrupted one would have done, to the bit if
 * the session has one thread ({@link SessionThreads#single()}).
 *
 * @param <P> plan of batches
 * @param <E> an evaluation
 */
public final class Trainer<P, E> {

  private final Trainable<P, ?, E> trained;
  private final Session session;
  private final TrainingPlan<P> plan;
  private final List<TrainingListener> listeners;
  private final StopSignal stop;
  private final InstantSource clock;
  private final TrainingWorkers workers;

  /** A trainer that measures time by the system's clock. */
  public Trainer(
      Trainable<P, ?, E> trained,
      Session session,
      TrainingPlan<P> plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop) {
    this(trained, session, plan, listeners, stop, InstantSource.system());
  }

  /**
   * A trainer.
   *
   * @param session of the graph; stays the caller's
   * @param listeners told in this order
   * @param stop ends the run early when requested
   * @param clock measures the time of steps
   * @throws IllegalArgumentException if the plan's data do not fit the network
   */
  public Trainer(
      Trainable<P, ?, E> trained,
      Session session,
      TrainingPlan<P> plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop,
      InstantSource clock) {
    this(trained, session, plan, listeners, stop, clock, TrainingWorkers.alone());
  }

  private Trainer(
      Trainable<P, ?, E> trained,
      Session session,
      TrainingPlan<P> plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop,
      InstantSource clock,
      TrainingWorkers workers) {
    trained.requireFits(plan);
    this.trained = trained;
    this.session = session;
    this.plan = plan;
    this.listeners = List.copyOf(listeners);
    this.stop = stop;
    this.clock = clock;
    this.workers = workers;
  }

  /**
   * The same as one of several workers. Its graph was built with an optimizer across them, its
   * session is one of theirs, and the plan's batches are divided into their parts.
   */
  public Trainer<P, E> with(TrainingWorkers others) {
    return new Trainer<>(trained, session, plan, listeners, stop, clock, others);
  }

  /**
   * Trains from the session's present state and the first batch on.
   *
   * @throws TrainingDivergedException if a loss is not finite or too many steps in a row were
   *     skipped
   * @throws io.github.tfkfac.models.data.DataException if an image cannot be read; the state before
   *     it is saved, unless other workers are in a step
   */
  public TrainingResult<E> train() {
    return run(BatcherPosition.START, Optional.empty());
  }

  /**
   * Resumes from a checkpoint of the same run; of several workers the chief alone reads it, or each
   * its own if they divide the state.
   *
   * @throws CheckpointException if the checkpoint cannot be used or is of a run with other
   *     settings; nothing is changed then
   * @throws TrainingDivergedException as {@link #train} does
   */
  public TrainingResult<E> resume(Path checkpoint) {
    if (!workers.savesState()) {
      return run(BatcherPosition.START, Optional.of(checkpoint));
    }
    RunRecord record = RunRecord.of(Checkpoint.verify(checkpoint), checkpoint);
    record.requireSettings(RunRecord.settings(trained, plan), checkpoint);
    trained.checkpoint().restore(session, checkpoint);
    return run(record.position(), Optional.of(checkpoint));
  }

  private TrainingResult<E> run(BatcherPosition start, Optional<Path> resumedFrom) {
    LoopExchange exchange = new LoopExchange(workers, trained.optimizer(), session, stop);
    return workers.together(
        () -> {
          BatcherPosition common = exchange.start(compared(), start);
          return new TrainingRun<>(
                  trained, session, plan, listeners, exchange, clock, common, resumedFrom)
              .run();
        });
  }

  /** What decides when workers exchange something, besides what decides the numbers. */
  private Map<String, String> compared() {
    Map<String, String> compared = RunRecord.settings(trained, plan);
    compared.put("loop.length", plan.length().toString());
    compared.put(
        "loop.evaluations", plan.evaluations().map(some -> some.period().toString()).orElse(""));
    compared.put(
        "loop.checkpoints", plan.checkpoints().map(some -> some.period().toString()).orElse(""));
    compared.put("loop.skipped_steps", Integer.toString(plan.skippedStepsLimit()));
    return compared;
  }
}
