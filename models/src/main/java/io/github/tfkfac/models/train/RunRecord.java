package io.github.tfkfac.models.train;

import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Training metadata in a checkpoint: what it keeps of a run besides variables.
 *
 * @param position place in the training data
 * @param settings what decides the run, by name
 */
public record RunRecord(BatcherPosition position, SortedMap<String, String> settings) {

  private static final String POSITION = "position";
  private static final String SETTING = "setting.";

  public RunRecord {
    settings = new TreeMap<>(settings);
  }

  /** The settings given by a plan and those that are known without it. */
  static <P> SortedMap<String, String> settings(Trainable<P, ?, ?> trained, TrainingPlan<P> plan) {
    SortedMap<String, String> settings = new TreeMap<>(plan.settings());
    settings.putAll(trained.settings(plan.batches()));
    settings.put("run.optimizer", trained.optimizer().getOptimizerName());
    return settings;
  }

  /**
   * Reads what {@link #entries} wrote.
   *
   * @throws CheckpointException if it was not written by a training run
   */
  public static RunRecord of(Map<String, String> entries, Path checkpoint) {
    @Nullable String position = entries.get(POSITION);
    if (position == null) {
      throw new CheckpointException(
          "expected a training run's checkpoint, found no entry '"
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
    try {
      return new RunRecord(BatcherPosition.parse(position), settings);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(e.getMessage() + " in the record of " + checkpoint, e);
    }
  }

  /** This record as a checkpoint keeps it. */
  public Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    entries.put(POSITION, position.toString());
    settings.forEach((name, value) -> entries.put(SETTING + name, value));
    return entries;
  }

  /**
   * Rejects to resume with other settings.
   *
   * @throws CheckpointException with the first setting that differs
   */
  public void requireSettings(SortedMap<String, String> wanted, Path checkpoint) {
    SortedMap<String, String> all = new TreeMap<>(settings);
    all.putAll(wanted);
    for (String name : all.keySet()) {
      String saved = settings.getOrDefault(name, "nothing");
      String now = wanted.getOrDefault(name, "nothing");
      if (!saved.equals(now)) {
        throw new CheckpointException(
            "expected the settings of the run that is resumed, found "
                + name
                + " = "
                + now
                + " where the checkpoint "
                + checkpoint
                + " has "
                + saved
                + "; resume with the same settings or start a new run");
      }
    }
  }
}
