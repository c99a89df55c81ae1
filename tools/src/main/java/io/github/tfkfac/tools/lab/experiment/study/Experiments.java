package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.Experiment;
import java.util.List;

/** All experiments. */
public final class Experiments {

  private Experiments() {}

  /** In the order of the help. */
  public static List<Experiment> all() {
    return List.of(
        new OptimizersExperiment(),
        new StepSizeExperiment(),
        new ImplementationsExperiment(),
        new StatisticsExperiment(),
        new LargeBatchExperiment(),
        new SensitivityExperiment(),
        new TwoLevelExperiment(),
        new TunedExperiment());
  }
}
