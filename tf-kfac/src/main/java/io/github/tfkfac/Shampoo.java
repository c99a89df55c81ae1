package io.github.tfkfac;

import static io.github.tfkfac.Folding.MATRIX;
import static io.github.tfkfac.Shampoo.Exponent.HALF_SHARE;
import static io.github.tfkfac.Shampoo.Grafting.ADAM;
import static io.github.tfkfac.Shampoo.Root.EIGENVALUES;

import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.internal.update.Hyperparameters;
import io.github.tfkfac.internal.update.ShampooRule;
import org.tensorflow.ndarray.Shape;

/**
 * Shampoo: the gradient, along each of its k axes, times an inverse root of that axis' second
 * moments.
 *
 * <p>{@code L_i = b2 L_i + (1-b2) G_i G_iᵀ} for the gradient unfolded along axis i (with {@code b2
 * = 1} the sum, as in Adagrad); {@code m = b1 m + (1-b1) G}; {@code D = m ×_i (L_i + εI)^(-1/2k)},
 * averages corrected for their start at zero; {@code w = (1 - lr wd) w - lr s D}, where s gives D
 * the length of the grafted step. Roots are renewed at the end of every period of updates; until
 * the first time the grafted step itself is taken.
 *
 * <p><i>Shapes</i>: of any number of axes; those of length 1 are left out, a scalar is one axis. An
 * axis longer than a bound is cut into blocks, each with factors and a length of its own. In a
 * kernel {@code [height, width, inputs, outputs]} the axes are these four, or two with {@link
 * Folding#MATRIX}.
 *
 * <p><i>Numerics</i>: roots that are not finite are not taken over. State: the average, one square
 * matrix and its root for each axis of each block, and the second moments of Adam's grafting.
 *
 * <p>Every worker computes all roots itself.
 *
 * <p>Source: Gupta et al. 2018; Anil et al. 2020; Shi et al. 2023 (Distributed Shampoo), whose code
 * it follows.
 *
 * @param beta1 decay of the gradient's average, in [0, 1); 0 for the gradient itself
 * @param beta2 decay of the factors, in (0, 1]; 1 for their sum
 * @param epsilon ε, positive
 * @param refreshes renewals of the roots: how many updates make a period, and whether variables
 *     renew theirs together
 * @param exponent of the roots
 * @param folding axes of variables of more than two
 * @param largestBlock longest axis of a block, at least 1
 * @param grafting whose length the steps have
 * @param root how roots are computed
 */
public record Shampoo(
    double beta1,
    double beta2,
    double epsilon,
    RefreshPolicy refreshes,
    Exponent exponent,
    Folding folding,
    int largestBlock,
    Grafting grafting,
    Root root)
    implements UpdateRules {

  /** Exponent of the inverse roots of k factors. */
  public enum Exponent {
    /** {@code −1/2k}: −1/4 for a matrix (Gupta et al. 2018). */
    HALF_SHARE,
    /** {@code −1/k}: −1/2 for a matrix (Anil et al. 2020; Morwani et al. 2024). */
    SHARE
  }

  /** Step whose length is taken over, block by block. */
  public enum Grafting {
    /** None: the length is Shampoo's. */
    NONE,
    /** The average's. */
    SGD,
    /** Adam's, from the same average; second moments with decay 0.999, ε 1e-8. */
    ADAM
  }

  /** Computation of the inverse roots. */
  public enum Root {
    /** Eigendecomposition. */
    EIGENVALUES,
    /** The coupled Newton iteration: products alone, which suits a GPU. */
    COUPLED_NEWTON
  }

  public Shampoo {
    Hyperparameters.requireFraction("beta1", beta1);
    if (!(beta2 > 0 && beta2 <= 1)) {
      throw new IllegalArgumentException("expected beta2 in (0, 1], found " + beta2);
    }
    Hyperparameters.requirePositive("epsilon", epsilon);
    Hyperparameters.requirePositive("length of the largest block", largestBlock);
  }

  /**
   * Decays 0.9 and 0.999, ε 1e-12, exponent −1/2k by eigendecomposition every 10 updates, kernels
   * as matrices, blocks up to 1024, Adam's length.
   */
  public static Shampoo standard() {
    var often = RefreshPolicy.exactEvery(10);
    return new Shampoo(0.9, 0.999, 1e-12, often, HALF_SHARE, MATRIX, 1024, ADAM, EIGENVALUES);
  }

  @Override
  public UpdateRule of(String name, Shape shape, int number) {
    return new ShampooRule(this, shape, number);
  }

  /** The same with other decays of the gradient's average and of the factors. */
  public Shampoo withDecays(double average, double factors) {
    return new Shampoo(
        average, factors, epsilon, refreshes, exponent, folding, largestBlock, grafting, root);
  }

  /** The same with another ε. */
  public Shampoo withEpsilon(double value) {
    return new Shampoo(
        beta1, beta2, value, refreshes, exponent, folding, largestBlock, grafting, root);
  }

  /** The same with renewals of the roots at other updates. */
  public Shampoo withRefreshes(RefreshPolicy other) {
    return new Shampoo(
        beta1, beta2, epsilon, other, exponent, folding, largestBlock, grafting, root);
  }

  /** The same with another exponent. */
  public Shampoo withExponent(Exponent other) {
    return new Shampoo(
        beta1, beta2, epsilon, refreshes, other, folding, largestBlock, grafting, root);
  }

  /** The same with other axes of variables of more than two. */
  public Shampoo withFolding(Folding other) {
    return new Shampoo(
        beta1, beta2, epsilon, refreshes, exponent, other, largestBlock, grafting, root);
  }

  /** The same with another bound of the blocks' axes. */
  public Shampoo withLargestBlock(int length) {
    return new Shampoo(beta1, beta2, epsilon, refreshes, exponent, folding, length, grafting, root);
  }

  /** The same with another length of the steps. */
  public Shampoo withGrafting(Grafting other) {
    return new Shampoo(
        beta1, beta2, epsilon, refreshes, exponent, folding, largestBlock, other, root);
  }

  /** The same with roots that are computed in another way. */
  public Shampoo withRoot(Root other) {
    return new Shampoo(
        beta1, beta2, epsilon, refreshes, exponent, folding, largestBlock, grafting, other);
  }
}
