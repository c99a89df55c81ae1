package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measured steps of one optimizer with a number of workers, as worker 0 saw them.
 *
 * @param arm the optimizer
 * @param workers how many
 * @param batch images of each worker
 * @param stateBytes of what the optimizer keeps, on the worker that keeps most
 * @param milliseconds of a step, by its kind
 * @param exchanges of a step, by its kind: those that the kind before it does not have
 */
public record ScalingMeasurement(
    ScalingArm arm,
    int workers,
    int batch,
    long stateBytes,
    Map<ScalingStep, Spread> milliseconds,
    Map<ScalingStep, List<Exchange>> exchanges) {

  private static final double MILLISECONDS_PER_SECOND = 1e3;

  /**
   * Exchanges of one purpose.
   *
   * @param purpose such as {@code gradients}
   * @param trace what a traced step says of them
   */
  public record Exchange(String purpose, ExchangeTrace trace) {}

  /** Images of all workers per second in plain steps. */
  public double imagesPerSecond() {
    Spread plain = Objects.requireNonNull(milliseconds.get(ScalingStep.PLAIN));
    return workers * batch * MILLISECONDS_PER_SECOND / plain.median();
  }

  /** Bytes that a worker receives in the average step. */
  public double bytesPerStep(long statisticsPeriod, long inversePeriod) {
    double sum = 0;
    for (Map.Entry<ScalingStep, List<Exchange>> step : exchanges.entrySet()) {
      long period = step.getKey().number(statisticsPeriod, inversePeriod);
      for (Exchange exchange : step.getValue()) {
        sum += exchange.trace().bytes() / period;
      }
    }
    return sum;
  }
}
