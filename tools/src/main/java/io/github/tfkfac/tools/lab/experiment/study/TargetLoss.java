package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Target of the training loss, reached at the first step at which the mean loss of the last images,
 * as many for every batch size, is at most the target loss.
 *
 * @param loss the target
 * @param images how many images the mean is over, rounded up to whole batches
 */
record TargetLoss(double loss, int images) {

  /**
   * Step and time at which the target is reached.
   *
   * @param step number of steps
   * @param seconds time of training, the first step (in which TensorFlow prepares the graph) not
   *     counted
   */
  record Reached(long step, double seconds) {}

  /** Step and time at which a run reaches the target, if it does. */
  Optional<Reached> in(MeasuredRun run) {
    return means(run, images).stream()
        .filter(mean -> mean.loss() <= loss)
        .findFirst()
        .map(mean -> new Reached(mean.step(), mean.seconds()));
  }

  /** The smallest such mean of a run; NaN if it has none. */
  static double least(MeasuredRun run, int images) {
    return means(run, images).stream().mapToDouble(Mean::loss).min().orElse(Double.NaN);
  }

  private record Mean(long step, double seconds, double loss) {}

  /** Mean loss of the last images at each step that has enough of them behind it. */
  private static List<Mean> means(MeasuredRun run, int images) {
    int batch = Integer.parseInt(run.option("batch"));
    int window = (images + batch - 1) / batch;
    Deque<Double> last = new ArrayDeque<>();
    List<Mean> means = new ArrayList<>();
    double sum = 0;
    double seconds = 0;
    for (MetricsRow row : run.finished().rows()) {
      Double value = row.values().get(MetricsListener.LOSS);
      if (value == null) {
        continue;
      }
      seconds += row.step() > 1 ? row.values().getOrDefault(MetricsListener.SECONDS, 0.0) : 0;
      last.add(value);
      sum += value;
      if (last.size() > window) {
        sum -= last.remove();
      }
      if (last.size() == window) {
        means.add(new Mean(row.step(), seconds, sum / window));
      }
    }
    return means;
  }

  double steps(MeasuredRun run) {
    return in(run).map(reached -> (double) reached.step()).orElse(Double.NaN);
  }

  double seconds(MeasuredRun run) {
    return in(run).map(Reached::seconds).orElse(Double.NaN);
  }
}
