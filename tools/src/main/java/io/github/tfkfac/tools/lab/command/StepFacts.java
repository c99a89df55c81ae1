package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.lab.bench.StepMeasurement;
import io.github.tfkfac.tools.lab.bench.StepTimes;

/**
 * Output of {@code bench}.
 *
 * @param setting what was measured
 * @param precision in which NKFAC's inverses were applied
 * @param threads threads of each session, 0 for TensorFlow's choice
 * @param summary medians and extremes
 * @param measurement everything measured
 */
record StepFacts(
    NetworkOptions.Setting setting,
    String precision,
    int threads,
    StepTimes.Summary summary,
    StepMeasurement measurement) {

  static StepFacts of(
      NetworkOptions.Setting setting, String precision, int threads, StepMeasurement measurement) {
    return new StepFacts(
        setting,
        precision,
        threads,
        measurement.times().summary(setting.statisticsPeriod(), setting.inversePeriod()),
        measurement);
  }
}
