package io.github.tfkfac.tools.statistics;

/**
 * Student's t distribution with an integer number of degrees of freedom.
 *
 * <p><i>Numerics</i>: the distribution function is the finite sum of Abramowitz and Stegun, 26.7.3
 * and 26.7.4, exact up to rounding; the quantile is found by bisection to full precision.
 */
public final class StudentT {
  private final int degreesOfFreedom;

  /**
   * The distribution.
   *
   * @throws IllegalArgumentException unless {@code degreesOfFreedom} is positive
   */
  public StudentT(int degreesOfFreedom) {
    if (degreesOfFreedom < 1) {
      throw new IllegalArgumentException(
          "expected degrees of freedom >= 1, found " + degreesOfFreedom);
    }
    this.degreesOfFreedom = degreesOfFreedom;
  }

  /** P(|T| ≤ t) for t ≥ 0. */
  public double centralProbability(double t) {
    double theta = Math.atan(t / Math.sqrt(degreesOfFreedom));
    double cosSquared = Math.cos(theta) * Math.cos(theta);
    boolean odd = degreesOfFreedom % 2 == 1;
    double term = odd ? Math.cos(theta) : 1;
    double sum = degreesOfFreedom == 1 ? 0 : term;
    for (int k = odd ? 3 : 2; k < degreesOfFreedom; k += 2) {
      term *= cosSquared * (k - 1) / k;
      sum += term;
    }
    return odd ? 2 / Math.PI * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  }

  /**
   * The t with P(|T| ≤ t) = {@code probability}.
   *
   * @throws IllegalArgumentException unless {@code probability} lies in [0, 1)
   */
  public double centralQuantile(double probability) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException("expected a probability in [0, 1), found " + probability);
    }
    double low = 0;
    double high = 1;
    while (centralProbability(high) < probability) {
      high *= 2;
    }
    double middle = (low + high) / 2;
    while (low < middle && middle < high) {
      if (centralProbability(middle) < probability) {
        low = middle;
      } else {
        high = middle;
      }
      middle = (low + high) / 2;
    }
    return middle;
  }
}
