package io.github.tfkfac.models.train;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;

/**
 * Receives the events of a training run, in the thread that trains; an exception that it throws
 * ends the run.
 */
public interface TrainingListener {

  /** Training begins. */
  default void started(StartReport report) {}

  /**
   * Operands to fetch in the run that makes the coming step, if any; of several micro-batches the
   * last one's.
   *
   * @param step training steps done then, the coming one included
   */
  default List<Operand<?>> wanted(long step) {
    return List.of();
  }

  /**
   * The values wanted of a step; precedes {@link #stepped}.
   *
   * @param values closed afterwards
   */
  default void fetched(long step, List<Tensor> values) {}

  /** A step is done. */
  default void stepped(StepReport report) {}

  /** The optimizer rejected something that was not finite; follows {@link #stepped}. */
  default void healthChanged(HealthReport report) {}

  /** An evaluation is done. */
  default void evaluated(EvaluationReport report) {}

  /** A checkpoint is complete. */
  default void checkpointed(Path checkpoint) {}

  /** The run is complete; the last call. */
  default void finished(TrainingResult<?> result) {}

  /** The run ended on request before it was complete; the last call. */
  default void interrupted(TrainingResult<?> result) {}

  /**
   * Starting point of a run.
   *
   * @param step training steps done before
   * @param position place in the training data
   * @param totalSteps training steps of the whole run, those done before included
   * @param resumedFrom the checkpoint it is resumed from, if any
   */
  record StartReport(
      long step, BatcherPosition position, long totalSteps, Optional<Path> resumedFrom) {}

  /**
   * One training step.
   *
   * @param step training steps done, this one included
   * @param epoch passes over the data completed before this step
   * @param losses terms of the loss before the update, means over the batch, by name, in order
   * @param accuracy fraction of the batch that was correctly classified before the update; NaN if
   *     nothing is classified
   * @param learningRate learning rate of the update
   * @param images images of the batch
   * @param ids ids of these images, if they have some
   * @param duration time for waiting for the batch and for the step
   * @param health the optimizer's counters after the step
   */
  record StepReport(
      long step,
      int epoch,
      Map<String, Double> losses,
      double accuracy,
      double learningRate,
      int images,
      List<Long> ids,
      Duration duration,
      TrainingHealth health) {

    private static final double NANOS_PER_SECOND = 1e9;

    public StepReport {
      losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
      ids = List.copyOf(ids);
    }

    /** Loss that is trained on: the sum of its terms. */
    public double loss() {
      return losses.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Images per second; infinite if the clock did not advance. */
    public double imagesPerSecond() {
      return images * NANOS_PER_SECOND / duration.toNanos();
    }
  }

  /**
   * A step in which the optimizer rejected something that was not finite.
   *
   * @param step training steps done, this one included
   * @param before counters before the step
   * @param after counters after it
   */
  record HealthReport(long step, TrainingHealth before, TrainingHealth after) {

    /** Whether the step left the network as it was. */
    public boolean skipped() {
      return after.skippedSteps() > before.skippedSteps();
    }

    /** Batch statistics of layers that were rejected. */
    public long rejectedStatistics() {
      return after.rejectedStatistics() - before.rejectedStatistics();
    }

    /** Inverses that were rejected. */
    public long rejectedInverses() {
      return after.rejectedInverses() - before.rejectedInverses();
    }

    /** Whether nothing was rejected. */
    public boolean isEmpty() {
      return !skipped() && rejectedStatistics() == 0 && rejectedInverses() == 0;
    }
  }

  /**
   * An evaluation during training.
   *
   * @param step training steps done
   * @param epoch passes over the training data completed
   * @param evaluation the result
   */
  record EvaluationReport(long step, int epoch, ClassificationMetrics evaluation) {}
}
