package io.github.tfkfac.optimizer;

import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.factor.FactorScale;
import io.github.tfkfac.factor.Normalisation;
import io.github.tfkfac.schedule.Cadence;

/**
 * How the Kronecker factors are estimated.
 *
 * @param statistics when the moving averages are updated
 * @param decay share of the old moving average that is kept at an update
 * @param scale how sums of outer products become factors
 * @param normalisation what is done to a batch's factor before it enters the average
 */
public record FactorOptions(
    Cadence statistics, AverageDecay decay, FactorScale scale, Normalisation normalisation) {

  /** The same with other times of the updates. */
  public FactorOptions withStatistics(Cadence other) {
    return new FactorOptions(other, decay, scale, normalisation);
  }

  /** The same with another decay of the moving averages. */
  public FactorOptions withDecay(AverageDecay other) {
    return new FactorOptions(statistics, other, scale, normalisation);
  }

  /** The same with another scale of the factors. */
  public FactorOptions withScale(FactorScale other) {
    return new FactorOptions(statistics, decay, other, normalisation);
  }

  /** The same with another normalisation of a batch's factors. */
  public FactorOptions withNormalisation(Normalisation other) {
    return new FactorOptions(statistics, decay, scale, other);
  }
}
