package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.internal.update.Hyperparameters;
import io.github.tfkfac.internal.update.Moments;
import io.github.tfkfac.internal.update.SoapRule;
import org.tensorflow.ndarray.Shape;

/**
 * SOAP: Adam in the eigenbasis of Shampoo's factors.
 *
 * <p>{@code g' = G ×_i Q_iᵀ; m = b1 m + (1-b1) G; v = b2 v + (1-b2) g'²; D = m ×_i Q_iᵀ / (√v +
 * ε)}, turned back by Q; {@code w = (1 - lr wd)(w - lr √(1-b2^t)/(1-b1^t) D)}, then {@code L_i = b3
 * L_i + (1-b3) G_i G_iᵀ} for the gradient unfolded along axis i. Every period of updates each Q is
 * renewed by one step of power iteration and a QR decomposition, its columns and v ordered by
 * falling {@code diag(QᵀLQ)} before. The first update sets L and their eigenvectors Q, and moves
 * nothing.
 *
 * <p><i>Shapes</i>: of any number of axes; an axis that is longer than a bound is not turned, and
 * none of a variable of rank 0 or 1, which has Adam's step. In a kernel {@code [height, width,
 * inputs, outputs]} the axes are these four, or two with {@link Folding#MATRIX}.
 *
 * <p><i>Numerics</i>: bases that are not finite are not taken over. State: Adam's two averages, and
 * for each axis that is turned two square matrices.
 *
 * <p>Every worker computes all bases itself.
 *
 * <p>Source: Vyas et al. 2024, whose published code it follows.
 *
 * @param beta1 decay of the gradient's average, in [0, 1)
 * @param beta2 decay of the squares in the basis, in [0, 1)
 * @param factorBeta b3, decay of the factors, in [0, 1)
 * @param epsilon added to the root, positive
 * @param refreshes renewals of the bases: how many updates make a period, and whether variables
 *     renew theirs together
 * @param folding axes of variables of more than two
 * @param longestAxis longest axis that is turned, at least 1
 */
public record Soap(
    double beta1,
    double beta2,
    double factorBeta,
    double epsilon,
    RefreshPolicy refreshes,
    Folding folding,
    int longestAxis)
    implements UpdateRules {

  public Soap {
    Moments.require(beta1, beta2, epsilon);
    Hyperparameters.requireFraction("factorBeta", factorBeta);
    Hyperparameters.requirePositive("length of the longest axis", longestAxis);
  }

  /** The authors' settings: decays 0.95, ε 1e-8, period 10, every axis up to 10,000. */
  public static Soap standard() {
    return new Soap(0.95, 0.95, 0.95, 1e-8, RefreshPolicy.exactEvery(10), Folding.AXES, 10_000);
  }

  @Override
  public UpdateRule of(String name, Shape shape, int number) {
    return new SoapRule(this, shape, number);
  }

  /** The same with other decays of the two averages; the factors have that of the squares. */
  public Soap withDecays(double average, double squares) {
    return new Soap(average, squares, squares, epsilon, refreshes, folding, longestAxis);
  }

  /** The same with another decay of the factors. */
  public Soap withFactorDecay(double value) {
    return new Soap(beta1, beta2, value, epsilon, refreshes, folding, longestAxis);
  }

  /** The same with another ε. */
  public Soap withEpsilon(double value) {
    return new Soap(beta1, beta2, factorBeta, value, refreshes, folding, longestAxis);
  }

  /** The same with renewals of the bases at other updates. */
  public Soap withRefreshes(RefreshPolicy other) {
    return new Soap(beta1, beta2, factorBeta, epsilon, other, folding, longestAxis);
  }

  /** The same with other axes of variables of more than two. */
  public Soap withFolding(Folding other) {
    return new Soap(beta1, beta2, factorBeta, epsilon, refreshes, other, longestAxis);
  }

  /** The same with another bound of the axes that are turned. */
  public Soap withLongestAxis(int length) {
    return new Soap(beta1, beta2, factorBeta, epsilon, refreshes, folding, length);
  }
}
