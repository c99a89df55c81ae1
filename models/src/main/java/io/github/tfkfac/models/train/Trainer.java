package io.github.tfkfac.models.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Session;
import org.tensorflow.types.family.TNumber;

/**
 * Trains a classifier: one run of the graph per batch, reports to listeners, evaluations and
 * checkpoints when they are due. A damping that is adapted sees the batch of its step once more.
 *
 * <p><i>Numerics</i>: a resumed run does what the uninterrupted one would have done, to the bit if
 * the session has one thread ({@link SessionThreads#single()}).
 */
public final class Trainer<T extends TNumber> {

  private final TrainingGraph<T> graph;
  private final Session session;
  private final TrainingPlan plan;
  private final List<TrainingListener> listeners;
  private final StopSignal stop;
  private final InstantSource clock;

  /** A trainer that measures time by the system's clock. */
  public Trainer(
      TrainingGraph<T> graph,
      Session session,
      TrainingPlan plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop) {
    this(graph, session, plan, listeners, stop, InstantSource.system());
  }

  /**
   * A trainer.
   *
   * @param session of the graph; stays the caller's
   * @param listeners told in this order
   * @param stop ends the run early when requested
   * @param clock measures the time of steps
   * @throws IllegalArgumentException if the data do not fit the classifier
   */
  public Trainer(
      TrainingGraph<T> graph,
      Session session,
      TrainingPlan plan,
      List<? extends TrainingListener> listeners,
      StopSignal stop,
      InstantSource clock) {
    graph.classifier().requireFits(plan.batches());
    plan.evaluations()
        .ifPresent(some -> Evaluator.requireUsable(some.batches(), graph.classifier()));
    this.graph = graph;
    this.session = session;
    this.plan = plan;
    this.listeners = List.copyOf(listeners);
    this.stop = stop;
    this.clock = clock;
  }

  /**
   * Trains from the session's present state and the first batch on.
   *
   * @throws TrainingDivergedException if a loss is not finite or too many steps in a row were
   *     skipped
   */
  public TrainingResult train() {
    return run(BatcherPosition.START, Optional.empty());
  }

  /**
   * Resumes from a checkpoint of the same run.
   *
   * @throws CheckpointException if the checkpoint cannot be used or is of a run with other
   *     settings; nothing is changed then
   * @throws TrainingDivergedException as {@link #train} does
   */
  public TrainingResult resume(Path checkpoint) {
    RunRecord record = RunRecord.of(Checkpoint.verify(checkpoint), checkpoint);
    record.requireSettings(RunRecord.settings(graph, plan), checkpoint);
    graph.checkpoint().restore(session, checkpoint);
    return run(record.position(), Optional.of(checkpoint));
  }

  private TrainingResult run(BatcherPosition start, Optional<Path> resumedFrom) {
    return new TrainingRun<>(graph, session, plan, listeners, stop, clock, start, resumedFrom)
        .run();
  }
}
