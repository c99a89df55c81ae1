package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.InverseSolver;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * The dense inverse of {@code U·Uᵀ + μI}: with n columns fewer than rows {@code (1/μ)[I − U(UᵀU +
 * μI)⁻¹Uᵀ]}, which takes a Cholesky factorization of order n only; else by that of {@code U·Uᵀ +
 * μI}.
 *
 * <p>If n is not known when the graph is built, the choice is made when it runs.
 *
 * <p><i>Shapes</i>: {@code U [d, n]} or {@code [c, d, n]}, d and c static; μ a scalar or {@code
 * [c]}; the inverse {@code [d, d]} or {@code [c, d, d]}.
 *
 * <p><i>Numerics</i>: symmetric to the last bit; NaN throughout where U is not finite or μ is not
 * positive. Source: Tang et al. 2021 (SKFAC), with Woodbury's identity.
 *
 * @param branch how one of the two ways is left out when n is known only at run time
 */
public record WoodburyInverse(Branch branch) {

  public WoodburyInverse {
    Objects.requireNonNull(branch, "branch");
  }

  /**
   * The inverse.
   *
   * @throws IllegalArgumentException if U's number of rows is not static
   */
  public <T extends TNumber> Operand<T> of(Ops tf, Operand<T> u, Operand<T> damping) {
    int order = LowRank.order(u);
    int last = u.shape().numDimensions() - 1;
    long columns = u.shape().get(last);
    if (columns != Shape.UNKNOWN_SIZE) {
      return columns < order ? small(tf, u, damping) : direct(tf, u, damping);
    }
    Operand<TBool> few =
        tf.math.less(tf.gather(tf.shape(u), tf.constant(last), tf.constant(0)), tf.constant(order));
    return branch
        .choose(
            tf,
            few,
            List.of(u, damping),
            (ops, inputs) -> List.of(small(ops, inputs.get(0), inputs.get(1))),
            (ops, inputs) -> List.of(direct(ops, inputs.get(0), inputs.get(1))))
        .get(0);
  }

  private static <T extends TNumber> Operand<T> small(Ops tf, Operand<T> u, Operand<T> damping) {
    Operand<T> gram = Matrices.multiplyTransposed(tf, u, u);
    FiniteMatrices<T> guarded = FiniteMatrices.of(tf, Matrices.addToDiagonal(tf, gram, damping));
    Operand<T> root =
        tf.linalg.triangularSolve(
            tf.linalg.cholesky(guarded.matrixOrIdentity()), Matrices.transpose(tf, u));
    Operand<T> seen = Matrices.multiplyTransposed(tf, root, root);
    Operand<T> rest = Matrices.symmetrize(tf, Matrices.identityMinus(tf, seen));
    return guarded.matrixOrNaN(tf, tf.math.div(rest, Matrices.overEntries(tf, damping)));
  }

  private static <T extends TNumber> Operand<T> direct(Ops tf, Operand<T> u, Operand<T> damping) {
    Operand<T> damped = Matrices.addToDiagonal(tf, LowRank.dense(tf, u), damping);
    return InverseSolver.block().inverse(tf, damped, damped);
  }
}
