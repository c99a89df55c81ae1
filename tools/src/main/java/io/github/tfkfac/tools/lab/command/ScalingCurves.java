package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.tools.lab.bench.ScalingIteration;
import io.github.tfkfac.tools.lab.bench.ScalingModel;
import io.github.tfkfac.tools.lab.bench.ScalingNetwork;
import io.github.tfkfac.tools.lab.bench.ScalingScheme;
import io.github.tfkfac.tools.lab.bench.ScalingSpeeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Calculated iterations of each scheme with two pairs of periods.
 *
 * @param setting the network
 * @param speeds of a worker and the network between them
 * @param curves of each scheme and pair of periods
 */
record ScalingCurves(NetworkOptions.Setting setting, ScalingSpeeds speeds, List<Curve> curves) {

  /**
   * Iterations of one scheme.
   *
   * @param scheme who does what
   * @param statisticsPeriod steps between two updates of the statistics
   * @param inversePeriod steps between two refreshes
   * @param iterations by number of workers
   */
  record Curve(
      ScalingScheme scheme,
      long statisticsPeriod,
      long inversePeriod,
      List<ScalingIteration> iterations) {

    String periods() {
      return statisticsPeriod + "/" + inversePeriod;
    }

    String name() {
      return scheme.label() + ", " + periods();
    }

    /** The number of workers with the shortest iteration. */
    int best() {
      return iterations.stream()
          .min(Comparator.comparingDouble(iteration -> iteration.seconds().total()))
          .orElseThrow()
          .workers();
    }
  }

  static ScalingCurves of(
      NetworkOptions.Setting setting, ScalingNetwork network, ScalingSpeeds speeds, int largest) {
    if (largest < 1) {
      throw new IllegalArgumentException("expected at least 1 worker, found " + largest);
    }
    List<Curve> curves = new ArrayList<>();
    for (long[] periods :
        new long[][] {{1, 1}, {KfacOptions.STATISTICS_PERIOD, KfacOptions.INVERSE_PERIOD}}) {
      for (ScalingScheme scheme : ScalingScheme.values()) {
        ScalingModel model = new ScalingModel(network, speeds, scheme, periods[0], periods[1]);
        List<ScalingIteration> iterations = new ArrayList<>();
        for (int workers = 1; workers <= largest; workers *= 2) {
          iterations.add(model.at(workers));
        }
        curves.add(new Curve(scheme, periods[0], periods[1], iterations));
      }
    }
    return new ScalingCurves(setting, speeds, curves);
  }
}
