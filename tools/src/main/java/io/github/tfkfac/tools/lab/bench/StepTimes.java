package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measured times of the parts of NKFAC steps and of momentum's step.
 *
 * @param rounds every round, in order
 */
public record StepTimes(List<Round> rounds) {

  /**
   * Times in milliseconds, measured one right after the other.
   *
   * @param momentum a step of SGD with momentum on the same network
   * @param plain an NKFAC step in which neither statistics nor inverses are due
   * @param statistics an NKFAC step with an update of the statistics
   * @param exactRefresh a refresh of all inverses by the exact solver alone
   * @param newtonRefresh a refresh of all inverses by Newton's iteration alone
   */
  public record Round(
      double momentum, double plain, double statistics, double exactRefresh, double newtonRefresh) {

    /** Time that the update of the statistics adds to a step. */
    public double statisticsExtra() {
      return statistics - plain;
    }

    /** Time of an average step without exact refreshes. */
    public double amortized(long statisticsPeriod, long inversePeriod) {
      return plain + statisticsExtra() / statisticsPeriod + newtonRefresh / inversePeriod;
    }
  }

  /**
   * Summary of all rounds: milliseconds and, for ratios, the spread of the rounds' own ratios.
   *
   * @param amortized time of an average step: plain + extra statistics / T_stat + Newton / T_inv
   * @param plainRatio plain step over momentum's step
   * @param amortizedRatio average step over momentum's step
   * @param ratioOfMedians median of {@code amortized} over median of {@code momentum}
   */
  public record Summary(
      Spread momentum,
      Spread plain,
      Spread statistics,
      Spread statisticsExtra,
      Spread newtonRefresh,
      Spread exactRefresh,
      Spread amortized,
      Spread plainRatio,
      Spread amortizedRatio,
      double ratioOfMedians) {}

  public StepTimes {
    rounds = List.copyOf(rounds);
  }

  /** The medians and extremes, with the periodic work spread over its periods. */
  public Summary summary(long statisticsPeriod, long inversePeriod) {
    ToDoubleFunction<Round> average = round -> round.amortized(statisticsPeriod, inversePeriod);
    Spread momentum = spread(Round::momentum);
    Spread amortized = spread(average);
    return new Summary(
        momentum,
        spread(Round::plain),
        spread(Round::statistics),
        spread(Round::statisticsExtra),
        spread(Round::newtonRefresh),
        spread(Round::exactRefresh),
        amortized,
        spread(round -> round.plain() / round.momentum()),
        spread(round -> average.applyAsDouble(round) / round.momentum()),
        amortized.median() / momentum.median());
  }

  private Spread spread(ToDoubleFunction<Round> value) {
    return Spread.of(rounds.stream().map(value::applyAsDouble).toList());
  }
}
