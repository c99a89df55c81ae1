package io.github.tfkfac.models.train;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.models.data.BatchPlan;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Plan of a training run.
 *
 * @param batches what it trains on
 * @param length when it is complete
 * @param evaluations what it is evaluated on, and how often, if at all
 * @param checkpoints where its state is saved, and how often, if at all
 * @param settings the options that decide the run, by name; kept in checkpoints and compared when
 *     the run is resumed
 * @param batchesAhead batches prepared while others are trained on
 * @param skippedStepsLimit number of skipped steps in a row after which training counts as diverged
 */
public record TrainingPlan(
    BatchPlan batches,
    TrainingLength length,
    Optional<Evaluations> evaluations,
    Optional<Checkpoints> checkpoints,
    Map<String, String> settings,
    int batchesAhead,
    int skippedStepsLimit) {

  private static final int BATCHES_AHEAD = 4;
  private static final int SKIPPED_STEPS_LIMIT = 10;

  /**
   * Data and frequency of a run's evaluations.
   *
   * @param batches see {@link BatchPlan#evaluation}
   * @param period how often; also at the end
   */
  public record Evaluations(BatchPlan batches, Period period) {}

  /**
   * Folder and frequency of a run's checkpoints.
   *
   * @param folder of the run's checkpoints
   * @param period how often; also at the end and when the run is interrupted
   */
  public record Checkpoints(CheckpointFolder folder, Period period) {}

  public TrainingPlan {
    Objects.requireNonNull(batches, "batches");
    Objects.requireNonNull(length, "length");
    settings = Map.copyOf(settings);
    if (batchesAhead < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 batch to prepare ahead, found " + batchesAhead);
    }
    if (skippedStepsLimit < 1) {
      throw new IllegalArgumentException(
          "expected a limit of at least 1 skipped step in a row, found " + skippedStepsLimit);
    }
  }

  /** Training alone: no evaluations, no checkpoints. */
  public static TrainingPlan of(BatchPlan batches, TrainingLength length) {
    return new TrainingPlan(
        batches,
        length,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        BATCHES_AHEAD,
        SKIPPED_STEPS_LIMIT);
  }

  /** The same with evaluations. */
  public TrainingPlan withEvaluations(BatchPlan data, Period period) {
    return new TrainingPlan(
        batches,
        length,
        Optional.of(new Evaluations(data, period)),
        checkpoints,
        settings,
        batchesAhead,
        skippedStepsLimit);
  }

  /** The same with checkpoints. */
  public TrainingPlan withCheckpoints(CheckpointFolder folder, Period period) {
    return new TrainingPlan(
        batches,
        length,
        evaluations,
        Optional.of(new Checkpoints(folder, period)),
        settings,
        batchesAhead,
        skippedStepsLimit);
  }

  /** The same with other settings. */
  public TrainingPlan withSettings(Map<String, String> other) {
    return new TrainingPlan(
        batches, length, evaluations, checkpoints, other, batchesAhead, skippedStepsLimit);
  }

  /** The same with another number of batches prepared ahead. */
  public TrainingPlan withBatchesAhead(int count) {
    return new TrainingPlan(
        batches, length, evaluations, checkpoints, settings, count, skippedStepsLimit);
  }

  /** The same with another limit of skipped steps in a row. */
  public TrainingPlan withSkippedStepsLimit(int limit) {
    return new TrainingPlan(
        batches, length, evaluations, checkpoints, settings, batchesAhead, limit);
  }
}
