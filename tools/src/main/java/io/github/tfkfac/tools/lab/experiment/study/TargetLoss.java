package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import java.util.ArrayDeque;
import java.util.Deque;
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
    int batch = Integer.parseInt(run.option("batch"));
    int window = (images + batch - 1) / batch;
    Deque<Double> last = new ArrayDeque<>();
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
      if (last.size() == window && sum / window <= loss) {
        return Optional.of(new Reached(row.step(), seconds));
      }
    }
    return Optional.empty();
  }

  double steps(MeasuredRun run) {
    return in(run).map(reached -> (double) reached.step()).orElse(Double.NaN);
  }

  double seconds(MeasuredRun run) {
    return in(run).map(Reached::seconds).orElse(Double.NaN);
  }
}
