package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.lab.compare.Arm;
import java.util.List;

/**
 * Arms that train on the same data.
 *
 * @param name of the folder of their runs, such as {@code mnist-mlp}
 * @param task what is trained
 * @param arms what is compared
 * @param seeds of every arm; empty for those of the experiment
 */
public record Series(String name, Task task, List<Arm> arms, List<Long> seeds) {

  /** Kind of training that a series needs. */
  public enum Task {
    /** Images into classes; the arms' options are those of {@code kfac train}. */
    CLASSIFICATION,
    /** Vectors into vectors: the deep linear network on planted targets, an autoencoder. */
    REGRESSION
  }

  public Series {
    arms = List.copyOf(arms);
    seeds = List.copyOf(seeds);
    if (arms.stream().map(Arm::label).distinct().count() < arms.size()) {
      throw new IllegalArgumentException(
          "expected arms with different labels in a series, found "
              + arms.stream().map(Arm::label).toList());
    }
  }

  /** A series with the seeds of the experiment. */
  public Series(String name, Task task, List<Arm> arms) {
    this(name, task, arms, List.of());
  }

  /** A series of classifiers. */
  public static Series classification(String name, List<Arm> arms) {
    return new Series(name, Task.CLASSIFICATION, arms);
  }
}
