package io.github.tfkfac.internal.linalg;

import io.github.tfkfac.Certification;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.NewtonStep;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * An inverse by Newton's iteration that is probed, and repaired where it is not good enough: by one
 * more step, and where that does not do either, exactly.
 *
 * <p>What is not needed does not run. In a batch only the matrices that fail are changed, but the
 * repair is computed for all of them.
 *
 * <p><i>Shapes</i>: {@code [d, d]} or {@code [c, d, d]}.
 *
 * @param newton the iteration
 * @param certification when a result is good enough
 * @param exact the solver of last resort
 * @param branch how a part that is not needed is left out
 */
public record CertifiedInverse(
    NewtonInverse newton, Certification certification, InverseSolver exact, Branch branch) {

  /**
   * @throws IllegalArgumentException if the exact solver needs a warm start
   */
  public CertifiedInverse {
    Objects.requireNonNull(newton, "newton");
    Objects.requireNonNull(certification, "certification");
    Objects.requireNonNull(branch, "branch");
    if (exact.needsWarmStart()) {
      throw new IllegalArgumentException(
          "expected a direct solver of last resort, found "
              + exact
              + "; use the block inverse, Cholesky, LU or eigendecomposition");
    }
  }

  /**
   * Result of a certified inversion.
   *
   * @param inverse the inverse
   * @param residual per matrix: the residual of the inverse, as probed
   * @param extended per matrix: true where one more Newton step was taken and was enough
   * @param exact per matrix: true where the exact solver was needed
   * @param newton result of the iteration itself
   */
  public record Result<T extends TNumber>(
      Operand<T> inverse,
      Operand<T> residual,
      Operand<TBool> extended,
      Operand<TBool> exact,
      NewtonStep<T> newton) {}

  /** Levels of the repair of a matrix. */
  private static final int PLANNED = 0;

  private static final int EXTENDED = 1;
  private static final int EXACT = 2;

  /**
   * Inverts a damped matrix, or each of a batch.
   *
   * @param warmStart an earlier inverse, of the matrix's shape
   */
  public <T extends TNumber> Result<T> of(Ops tf, Operand<T> matrix, Operand<T> warmStart) {
    NewtonStep<T> first = newton.refine(tf, matrix, warmStart);
    Operand<T> residual = certification.residual(tf, matrix, first.inverse());
    Operand<T> level =
        tf.math.add(tf.zerosLike(residual), tf.constantOfSameType(residual, PLANNED));
    Attempt<T> result =
        unlessCertified(
            tf, new Attempt<>(matrix, first.inverse(), residual, level), this::extended);
    return new Result<>(
        result.inverse(),
        result.residual(),
        tf.math.equal(result.level(), tf.constantOfSameType(matrix, EXTENDED)),
        tf.math.equal(result.level(), tf.constantOfSameType(matrix, EXACT)),
        first);
  }

  /**
   * An inverse on trial.
   *
   * @param level per matrix: how far its repair went
   */
  private record Attempt<T extends TNumber>(
      Operand<T> matrix, Operand<T> inverse, Operand<T> residual, Operand<T> level) {

    List<Operand<T>> values() {
      return List.of(matrix, inverse, residual, level);
    }

    static <T extends TNumber> Attempt<T> of(List<Operand<T>> values) {
      return new Attempt<>(values.get(0), values.get(1), values.get(2), values.get(3));
    }
  }

  private <T extends TNumber> Attempt<T> extended(Ops tf, Attempt<T> failed) {
    Operand<T> candidate =
        new NewtonInverse(1, newton.rule()).inverse(tf, failed.matrix(), failed.inverse());
    return unlessCertified(tf, replaced(tf, failed, candidate, EXTENDED), this::exact);
  }

  private <T extends TNumber> Attempt<T> exact(Ops tf, Attempt<T> failed) {
    Operand<T> candidate = exact.inverse(tf, failed.matrix(), failed.inverse());
    return replaced(tf, failed, candidate, EXACT);
  }

  private <T extends TNumber> Attempt<T> unlessCertified(
      Ops tf, Attempt<T> attempt, BiFunction<Ops, Attempt<T>, Attempt<T>> repair) {
    Operand<TBool> certified = certification.certified(tf, attempt.residual());
    return Attempt.of(
        branch.choose(
            tf,
            tf.reduceAll(tf.reshape(certified, tf.array(-1)), tf.constant(0)),
            attempt.values(),
            (ops, values) -> values,
            (ops, values) -> repair.apply(ops, Attempt.of(values)).values()));
  }

  /** The candidate for the matrices that are not certified yet. */
  private <T extends TNumber> Attempt<T> replaced(
      Ops tf, Attempt<T> failed, Operand<T> candidate, int level) {
    Operand<TBool> keep = certification.certified(tf, failed.residual());
    Operand<T> inverse = tf.select(Matrices.overEntries(tf, keep), failed.inverse(), candidate);
    return new Attempt<>(
        failed.matrix(),
        inverse,
        certification.residual(tf, failed.matrix(), inverse),
        tf.select(keep, failed.level(), tf.constantOfSameType(candidate, level)));
  }
}
