package io.github.tfkfac.tools.run;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.setting.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Kind of training with its data and its folder; what is the same for all kinds, such as the
 * record, is in {@link RecordedRun}.
 *
 * @param <T> the task itself
 * @param <O> what its training ends with
 */
public interface Task<T extends Task<T, O>, O extends Task.Outcome> {

  /** End of a training. */
  interface Outcome {

    /** Whether the run is complete. */
    boolean finished();

    /** Final numbers for the record. */
    Map<String, Object> result();
  }

  /** The settings in effect. */
  Settings all();

  /** Folder of the run. */
  RunFolder folder();

  /** The same with what had to be measured first. */
  T measured();

  /** Seeds by what they seed, for records. */
  Map<String, Long> seeds();

  /** Names, sizes and content hashes of the data, for records. */
  Map<String, String> identity();

  /**
   * What is trained on what, in words.
   *
   * @param name of the run
   */
  String title(String name);

  /** The workers that train it together. */
  TrainingWorkers workers();

  /** Steps of the complete run. */
  long totalSteps();

  /** Checkpoints of the run. */
  CheckpointFolder checkpoints();

  /** The optimizer. */
  default OptimizerSettings optimizer() {
    return new OptimizerSettings(all());
  }

  /**
   * Trains from the start or from a checkpoint.
   *
   * @param resumeFrom the checkpoint to continue from, if any
   * @param listeners told besides the metrics files
   * @param warnings told of what goes on without
   * @param stop ends the run early when requested
   */
  O train(
      Optional<Path> resumeFrom,
      List<? extends TrainingListener> listeners,
      Consumer<String> warnings,
      StopSignal stop)
      throws IOException;
}
