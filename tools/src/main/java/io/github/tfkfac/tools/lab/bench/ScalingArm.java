package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.Workers;
import org.tensorflow.Graph;

/** Optimizers whose steps are measured with several workers. */
public enum ScalingArm {
  MOMENTUM("momentum"),
  NKFAC("NKFAC, COMM-OPT"),
  NKFAC_MEMORY("NKFAC, MEM-OPT");

  private static final double LEARNING_RATE = 1e-3;

  private final String label;

  ScalingArm(String label) {
    this.label = label;
  }

  /** As in tables. */
  public String label() {
    return label;
  }

  TrainingOptimizer create(
      Graph graph, Workers workers, long statisticsPeriod, long inversePeriod) {
    if (this == MOMENTUM) {
      FirstOrder optimizer = new FirstOrder(graph, TrainingOptions.sgdm(LEARNING_RATE, 0));
      optimizer.acrossWorkers(workers);
      return optimizer;
    }
    Kfac optimizer =
        new Kfac(
            graph,
            KfacOptions.nkfac()
                .withLearningRate(LEARNING_RATE)
                .withPeriods(statisticsPeriod, inversePeriod));
    optimizer.acrossWorkers(
        workers, this == NKFAC ? WorkerLayout.COMMUNICATION : WorkerLayout.MEMORY);
    return optimizer;
  }

  /** Whether another one is the same optimizer, whatever its distribution. */
  public boolean isOf(ScalingArm other) {
    return (this == MOMENTUM) == (other == MOMENTUM);
  }

  /** Whether it has another distribution than one worker alone. */
  boolean needsOthers() {
    return this == NKFAC_MEMORY;
  }
}
