package io.github.tfkfac.models.train;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.models.data.BatchPlan;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Plan of a training run.
 *
 * @param <P> plan of batches, such as a {@link BatchPlan}
 * @param batches what it trains on
 * @param length when it is complete
 * @param evaluations what it is evaluated on, and how often, if at all
 * @param checkpoints where its state is saved, and how often, if at all
 * @param settings the options that decide the run, by name; kept in checkpoints and compared when
 *     the run is resumed
 * @param skippedStepsLimit number of skipped steps in a row after which training counts as diverged
 */
public record TrainingPlan<P>(
    P batches,
    TrainingLength length,
    Optional<Evaluations<P>> evaluations,
    Optional<Checkpoints> checkpoints,
    Map<String, String> settings,
    int skippedStepsLimit) {

  private static final int SKIPPED_STEPS_LIMIT = 10;

  /**
   * Data and frequency of a run's evaluations.
   *
   * @param batches of the data, each image once
   * @param period how often; also at the end
   */
  public record Evaluations<P>(P batches, Period period) {}

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
    if (skippedStepsLimit < 1) {
      throw new IllegalArgumentException(
          "expected a limit of at least 1 skipped step in a row, found " + skippedStepsLimit);
    }
  }

  /** Training alone: no evaluations, no checkpoints. */
  public static <P> TrainingPlan<P> of(P batches, TrainingLength length) {
    return new TrainingPlan<>(
        batches, length, Optional.empty(), Optional.empty(), Map.of(), SKIPPED_STEPS_LIMIT);
  }

  /** The same with evaluations. */
  public TrainingPlan<P> withEvaluations(P data, Period period) {
    return new TrainingPlan<>(
        batches,
        length,
        Optional.of(new Evaluations<>(data, period)),
        checkpoints,
        settings,
        skippedStepsLimit);
  }

  /** The same with checkpoints. */
  public TrainingPlan<P> withCheckpoints(CheckpointFolder folder, Period period) {
    return new TrainingPlan<>(
        batches,
        length,
        evaluations,
        Optional.of(new Checkpoints(folder, period)),
        settings,
        skippedStepsLimit);
  }

  /** The same with other settings. */
  public TrainingPlan<P> withSettings(Map<String, String> other) {
    return new TrainingPlan<>(batches, length, evaluations, checkpoints, other, skippedStepsLimit);
  }

  /** The same with another limit of skipped steps in a row. */
  public TrainingPlan<P> withSkippedStepsLimit(int limit) {
    return new TrainingPlan<>(batches, length, evaluations, checkpoints, settings, limit);
  }
}
