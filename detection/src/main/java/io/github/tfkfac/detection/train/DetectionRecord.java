package io.github.tfkfac.detection.train;

import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.state.CheckpointException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint keeps of a run besides variables.
 *
 * @param position place in the training data
 * @param settings what decides the run, by name
 */
record DetectionRecord(BatcherPosition position, SortedMap<String, String> settings) {

  private static final String POSITION = "position";
  private static final String SETTING = "setting.";

  DetectionRecord {
    settings = new TreeMap<>(settings);
  }

  /** The settings given by a plan and those that are known without it. */
  static DetectionRecord of(
      BatcherPosition position, DetectorTraining training, DetectionTrainingPlan plan) {
    SortedMap<String, String> settings = new TreeMap<>(plan.settings());
    settings.put("run.optimizer", training.optimizer().getOptimizerName());
    settings.put("run.images_per_step", Integer.toString(training.imagesPerStep()));
    settings.put("run.batch_size", Integer.toString(plan.batches().batchSize()));
    settings.put("run.seed", Long.toString(training.seed()));
    settings.put("run.training_images", Integer.toString(plan.batches().data().size()));
    settings.put("run.order", plan.batches().order().toString());
    settings.put("run.preparation", plan.batches().preparation().toString());
    return new DetectionRecord(position, settings);
  }

  /**
   * Reads what {@link #entries} wrote.
   *
   * @throws CheckpointException if it was not written by such a run
   */
  static DetectionRecord parse(Map<String, String> entries, Path checkpoint) {
    @Nullable String position = entries.get(POSITION);
    if (position == null) {
      throw new CheckpointException(
          "expected a detector's training checkpoint, found no entry '"
              + POSITION
              + "' in the record of "
              + checkpoint
              + "; resume from another one");
    }
    SortedMap<String, String> settings = new TreeMap<>();
    entries.forEach(
        (name, value) -> {
          if (name.startsWith(SETTING)) {
            settings.put(name.substring(SETTING.length()), value);
          }
        });
    return new DetectionRecord(BatcherPosition.parse(position), settings);
  }

  /** This record as a checkpoint keeps it. */
  Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    entries.put(POSITION, position.toString());
    settings.forEach((name, value) -> entries.put(SETTING + name, value));
    return entries;
  }

  /**
   * Refuses to go on with other settings.
   *
   * @throws CheckpointException with the first setting that differs
   */
  void requireSettings(SortedMap<String, String> wanted, Path checkpoint) {
    SortedMap<String, String> all = new TreeMap<>(settings);
    all.putAll(wanted);
    for (String name : all.keySet()) {
      String saved = settings.getOrDefault(name, "nothing");
      String now = wanted.getOrDefault(name, "nothing");
      if (!saved.equals(now)) {
        throw new CheckpointException(
            "expected the settings of the run that is resumed, found %s = %s where the checkpoint %s has %s; resume with the same settings or start a new run"
                .formatted(name, now, checkpoint, saved));
      }
    }
  }
}
