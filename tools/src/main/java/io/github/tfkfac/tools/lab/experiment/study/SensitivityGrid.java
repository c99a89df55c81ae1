package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.run.MetricsListener;
import java.util.List;

/**
 * The settings that are tried.
 *
 * @param batches batch sizes, multiples of the first
 * @param rates learning rates
 * @param dampings dampings
 * @param epochs the fixed number of epochs
 */
record SensitivityGrid(
    List<Integer> batches, List<Double> rates, List<Double> dampings, int epochs) {

  SensitivityGrid {
    batches = List.copyOf(batches);
    for (int batch : batches) {
      if (batch % batches.get(0) != 0) {
        throw new UserError(
            "expected batch sizes that are multiples of the first, found " + batches);
      }
    }
  }

  /** Epochs of a run: until the fixed steps are done, which is never before the fixed epochs. */
  int epochs(int batch) {
    return epochs * (batch / batches.get(0));
  }

  String label(int batch, double rate, double damping) {
    return "batch%d-lr%s-damping%s".formatted(batch, Grid.text(rate), Grid.text(damping));
  }

  /** Test accuracy in per cent after the fixed epochs; 0 of a run that diverged. */
  double atFixedEpochs(MeasuredRun run) {
    int batch = Integer.parseInt(run.option("batch"));
    return at(run, run.finished().steps() * epochs / epochs(batch));
  }

  /** Test accuracy in per cent after the fixed steps. */
  double atFixedSteps(MeasuredRun run) {
    return at(run, run.finished().steps());
  }

  private static double at(MeasuredRun run, long step) {
    if (!run.complete()) {
      return 0;
    }
    for (MetricsRow row : run.finished().rows()) {
      Double accuracy = row.values().get(MetricsListener.TEST_ACCURACY);
      if (accuracy != null && row.step() == step) {
        return 100 * accuracy;
      }
    }
    return Double.NaN;
  }
}
