package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.ExperimentResult;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.run.RunCurves;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells whether arms of a series did the same, step by step. */
final class SameRuns {

  private SameRuns() {}

  /** Pairs of arms whose runs have the same losses to the bit, with every seed that both have. */
  static List<String> pairs(ExperimentResult result, String series) {
    List<String> pairs = new ArrayList<>();
    List<String> arms = List.copyOf(result.arms(series).keySet());
    for (int i = 0; i < arms.size(); i++) {
      for (int j = i + 1; j < arms.size(); j++) {
        if (same(result.complete(series, arms.get(i)), result.complete(series, arms.get(j)))) {
          pairs.add(arms.get(i) + " and " + arms.get(j));
        }
      }
    }
    return pairs;
  }

  private static boolean same(List<MeasuredRun> one, List<MeasuredRun> other) {
    int compared = 0;
    for (MeasuredRun run : one) {
      Optional<MeasuredRun> twin =
          other.stream().filter(o -> o.planned().seed() == run.planned().seed()).findFirst();
      if (twin.isPresent()) {
        compared++;
        if (!RunCurves.of(run.finished().rows(), MetricsListener.LOSS)
            .equals(RunCurves.of(twin.get().finished().rows(), MetricsListener.LOSS))) {
          return false;
        }
      }
    }
    return compared > 0;
  }
}
