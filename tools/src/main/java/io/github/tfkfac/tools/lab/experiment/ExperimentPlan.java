package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.lab.compare.Arm;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs that an experiment would train.
 *
 * @param series the parts that train on different data
 * @param seeds of every arm, unless a series has its own
 */
public record ExperimentPlan(List<Series> series, List<Long> seeds) {

  public ExperimentPlan {
    series = List.copyOf(series);
    seeds = List.copyOf(seeds);
  }

  /** Every run: series after series, in each all arms with the first seed, then with the next. */
  public List<PlannedRun> runs() {
    List<PlannedRun> runs = new ArrayList<>();
    for (Series part : series) {
      for (long seed : part.seeds().isEmpty() ? seeds : part.seeds()) {
        for (Arm arm : part.arms()) {
          runs.add(new PlannedRun(part.name(), part.task(), arm, seed));
        }
      }
    }
    return runs;
  }
}
