package io.github.tfkfac.detection.train;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.Prefetch;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan.Checkpoints;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plan of a training run.
 *
 * @param batches what it trains on, without a smaller last batch
 * @param length when it is complete
 * @param evaluations what it is evaluated on, and how often, if at all
 * @param checkpoints where its state is saved, and how often, if at all
 * @param settings the options that decide the run, by name; kept in checkpoints and compared when
 *     the run is resumed
 * @param prefetch how batches are prepared ahead
 * @param skippedStepsLimit number of skipped steps in a row after which training counts as diverged
 */
public record DetectionTrainingPlan(
    DetectionPlan batches,
    TrainingLength length,
    Optional<Evaluations> evaluations,
    Optional<Checkpoints> checkpoints,
    Map<String, String> settings,
    Prefetch prefetch,
    int skippedStepsLimit) {

  private static final int SKIPPED_STEPS_LIMIT = 10;

  /**
   * Data and frequency of a run's evaluations.
   *
   * @param batches see {@link DetectionPlan#evaluation}
   * @param period how often; also at the end
   */
  public record Evaluations(DetectionPlan batches, Period period) {}

  public DetectionTrainingPlan {
    settings = Map.copyOf(settings);
    if (skippedStepsLimit < 1) {
      throw new IllegalArgumentException(
          "expected a limit of at least 1 skipped step in a row, found " + skippedStepsLimit);
    }
  }

  /** Training alone, batches prepared ahead by one thread. */
  public static DetectionTrainingPlan of(DetectionPlan batches, TrainingLength length) {
    return new DetectionTrainingPlan(
        batches,
        length,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Prefetch.threads(1),
        SKIPPED_STEPS_LIMIT);
  }

  /** The same with evaluations. */
  public DetectionTrainingPlan withEvaluations(DetectionPlan data, Period period) {
    return new DetectionTrainingPlan(
        batches,
        length,
        Optional.of(new Evaluations(data, period)),
        checkpoints,
        settings,
        prefetch,
        skippedStepsLimit);
  }

  /** The same with checkpoints. */
  public DetectionTrainingPlan withCheckpoints(CheckpointFolder folder, Period period) {
    return new DetectionTrainingPlan(
        batches,
        length,
        evaluations,
        Optional.of(new Checkpoints(folder, period)),
        settings,
        prefetch,
        skippedStepsLimit);
  }

  /** The same with other settings. */
  public DetectionTrainingPlan withSettings(Map<String, String> other) {
    return new DetectionTrainingPlan(
        batches, length, evaluations, checkpoints, other, prefetch, skippedStepsLimit);
  }

  /** The same with another preparation ahead. */
  public DetectionTrainingPlan withPrefetch(Prefetch other) {
    return new DetectionTrainingPlan(
        batches, length, evaluations, checkpoints, settings, other, skippedStepsLimit);
  }

  /**
   * Training steps of an epoch, each of {@code microBatches} batches; the last may reach into the
   * next epoch.
   */
  public long stepsPerEpoch(int microBatches) {
    return Math.max(1, batches.batchesPerEpoch() / microBatches);
  }

  /**
   * Settings that decide the training of a detector, by name: the plan's settings and what is known
   * in addition.
   */
  SortedMap<String, String> settingsOf(DetectorTraining training) {
    SortedMap<String, String> all = new TreeMap<>(settings);
    all.put("run.optimizer", training.optimizer().getOptimizerName());
    all.put(
        "run.images_per_step",
        Integer.toString(batches.batchSize() * training.optimizer().microBatches()));
    all.put("run.batch_size", Integer.toString(batches.batchSize()));
    all.put("run.seed", Long.toString(training.seed()));
    all.put("run.training_images", Integer.toString(batches.data().size()));
    all.put("run.order", batches.order().toString());
    all.put("run.preparation", batches.preparation().toString());
    return all;
  }
}
