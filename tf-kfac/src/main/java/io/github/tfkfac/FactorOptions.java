package io.github.tfkfac;

/**
 * Options for the estimation of the Kronecker factors.
 *
 * @param statistics when the moving averages are updated
 * @param decay share of the old moving average that is kept at an update
 * @param fisher over which targets the output-gradient factor is an expectation
 * @param positions treatment of the spatial or sequence positions within one example (K-FAC-expand
 *     or K-FAC-reduce)
 * @param uses how the uses of one weight enter the averages
 * @param estimate how sums of outer products become factors
 * @param normalization normalization of a batch's factor before it enters the average
 */
public record FactorOptions(
    Cadence statistics,
    AverageDecay decay,
    Fisher fisher,
    Positions positions,
    SharedUses uses,
    FactorEstimate estimate,
    Normalization normalization) {

  /** The same with other times of the updates. */
  public FactorOptions withStatistics(Cadence other) {
    return new FactorOptions(other, decay, fisher, positions, uses, estimate, normalization);
  }

  /** The same with another decay of the moving averages. */
  public FactorOptions withDecay(AverageDecay other) {
    return new FactorOptions(statistics, other, fisher, positions, uses, estimate, normalization);
  }

  /** The same with another Fisher matrix. */
  public FactorOptions withFisher(Fisher other) {
    return new FactorOptions(statistics, decay, other, positions, uses, estimate, normalization);
  }

  /** The same with another treatment of positions. */
  public FactorOptions withPositions(Positions other) {
    return new FactorOptions(statistics, decay, fisher, other, uses, estimate, normalization);
  }

  /** The same with another treatment of weights that are used several times. */
  public FactorOptions withUses(SharedUses other) {
    return new FactorOptions(statistics, decay, fisher, positions, other, estimate, normalization);
  }

  /** The same with another way from sums of outer products to factors. */
  public FactorOptions withEstimate(FactorEstimate other) {
    return new FactorOptions(statistics, decay, fisher, positions, uses, other, normalization);
  }

  /** The same with another normalization of a batch's factors. */
  public FactorOptions withNormalization(Normalization other) {
    return new FactorOptions(statistics, decay, fisher, positions, uses, estimate, other);
  }
}
