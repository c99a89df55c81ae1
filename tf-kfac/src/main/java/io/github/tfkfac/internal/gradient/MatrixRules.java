package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Derivatives of matrix functions, of stacks of matrices too.
 *
 * <p><i>Source</i>: Giles 2008, "Collected matrix derivative results for forward and reverse mode
 * algorithmic differentiation"; Murray 2016 for Cholesky.
 */
final class MatrixRules {

  private MatrixRules() {}

  /** {@code dA = -Yᵀ dY Yᵀ} with {@code Y = A⁻¹}. */
  static Operand<?> inverse(OperationStep step) {
    Operand<TNumber> y = step.out(0);
    boolean adjoint = step.use().flag("adjoint");
    Operand<TNumber> inner =
        adjoint
            ? step.product(y, false, step.gradient(), true)
            : step.product(y, true, step.gradient(), false);
    return step.tf().math.neg(step.product(inner, false, y, !adjoint));
  }

  /** {@code dB = A⁻ᵀ dX}, {@code dA = -dB Xᵀ} with {@code A X = B}. */
  static Map<Integer, Operand<?>> solve(OperationStep step) {
    boolean adjoint = step.use().flag("adjoint");
    Operand<TNumber> right =
        step.op("MatrixSolve").in(step.in(0), step.gradient()).flag("adjoint", !adjoint).out(0);
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    gradients.put(1, right);
    if (step.wants(0)) {
      gradients.put(0, left(step, right, adjoint));
    }
    return gradients;
  }

  private static Operand<TNumber> left(
      OperationStep step, Operand<TNumber> right, boolean adjoint) {
    return step.tf()
        .math
        .neg(
            adjoint
                ? step.product(step.out(0), false, right, true)
                : step.product(right, false, step.out(0), true));
  }

  /** As {@link #solve}, of one triangle. */
  static Map<Integer, Operand<?>> triangularSolve(OperationStep step) {
    Ops tf = step.tf();
    boolean adjoint = step.use().flag("adjoint");
    boolean lower = step.use().flag("lower");
    Operand<TNumber> right =
        step.op("MatrixTriangularSolve")
            .in(step.in(0), step.gradient())
            .flag("lower", lower)
            .flag("adjoint", !adjoint)
            .out(0);
    return step.wanted(
        1,
        () -> step.unbroadcast(right, step.in(1)),
        0,
        () -> triangle(tf, step.unbroadcast(left(step, right, adjoint), step.in(0)), lower));
  }

  private static Operand<TNumber> triangle(Ops tf, Operand<TNumber> whole, boolean lower) {
    Operand<TInt32> all = tf.constant(-1);
    Operand<TInt32> none = tf.constant(0);
    return lower ? tf.linalg.bandPart(whole, all, none) : tf.linalg.bandPart(whole, none, all);
  }

  /**
   * {@code dA = ½(S + Sᵀ)}, {@code S = L⁻ᵀ Φ(Lᵀ dL) L⁻¹}, where Φ keeps the lower triangle and
   * halves the diagonal.
   */
  static Operand<?> cholesky(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> factor = step.out(0);
    Operand<TNumber> product = step.product(factor, true, step.gradient(), false);
    Operand<TNumber> lower = triangle(tf, product, true);
    Operand<TNumber> diagonal = tf.linalg.bandPart(product, tf.constant(0), tf.constant(0));
    Operand<TNumber> phi = tf.math.sub(lower, step.times(diagonal, 0.5));
    // L⁻ᵀ Φ L⁻¹ by two solves with Lᵀ.
    Operand<TNumber> first = solveTransposed(step, factor, phi);
    Operand<TNumber> second = solveTransposed(step, factor, transposed(step, first));
    return step.times(tf.math.add(second, transposed(step, second)), 0.5);
  }

  private static Operand<TNumber> solveTransposed(
      OperationStep step, Operand<TNumber> factor, Operand<TNumber> right) {
    return step.op("MatrixTriangularSolve")
        .in(factor, right)
        .flag("lower", true)
        .flag("adjoint", true)
        .out(0);
  }

  private static Operand<TNumber> transposed(OperationStep step, Operand<TNumber> matrices) {
    Ops tf = step.tf();
    Operand<TInt32> rank = tf.rank(matrices);
    Operand<TInt32> last = tf.math.sub(rank, tf.constant(1));
    Operand<TInt32> before = tf.math.sub(rank, tf.constant(2));
    Operand<TInt32> order =
        tf.concat(
            List.of(
                tf.range(tf.constant(0), before, tf.constant(1)),
                tf.reshape(last, tf.array(1)),
                tf.reshape(before, tf.array(1))),
            tf.constant(0));
    return tf.linalg.transpose(matrices, order);
  }

  /** {@code dA = dy det(A) A⁻ᵀ}. */
  static Operand<?> determinant(OperationStep step) {
    return scaledInverse(step, step.tf().math.mul(step.gradient(), step.out(0)));
  }

  /** {@code dA = dy A⁻ᵀ}; the sign has no derivative. */
  static Operand<?> logDeterminant(OperationStep step) {
    return scaledInverse(step, step.gradient(1));
  }

  private static Operand<TNumber> scaledInverse(OperationStep step, Operand<TNumber> scale) {
    Ops tf = step.tf();
    Operand<TNumber> inverse = step.op("MatrixInverse").in(step.in(0)).flag("adjoint", true).out(0);
    Operand<TNumber> column = tf.expandDims(tf.expandDims(scale, tf.constant(-1)), tf.constant(-1));
    return tf.math.mul(inverse, column);
  }

  /** {@code da = b × dy}, {@code db = dy × a}. */
  static Map<Integer, Operand<?>> cross(OperationStep step) {
    Ops tf = step.tf();
    return Map.of(
        0, tf.linalg.cross(step.in(1), step.gradient()),
        1, tf.linalg.cross(step.gradient(), step.in(0)));
  }

  /** The diagonals of matrices, in any of the three forms. */
  static Operand<?> diagonalPart(OperationStep step) {
    Operand<TNumber> zeros = step.tf().zerosLike(step.in(0));
    return withDiagonal(step, "MatrixDiagPart", zeros, step.gradient(), 1);
  }

  /** Matrices of diagonals; of the fill, no derivative. */
  static Operand<?> diagonal(OperationStep step) {
    return diagonalOf(step, step.gradient(), 1);
  }

  /** Matrices whose diagonals are replaced. */
  static Map<Integer, Operand<?>> setDiagonal(OperationStep step) {
    Operand<TNumber> zeros = step.tf().zerosLike(step.in(1));
    boolean first = step.operation().type().equals("MatrixSetDiag");
    return step.wanted(
        0,
        () -> withDiagonal(step, "MatrixSetDiag", step.gradient(), zeros, 2),
        1,
        () ->
            first
                ? step.op("MatrixDiagPart").in(step.gradient()).out(0)
                : diagonalOf(step, step.gradient(), 2));
  }

  private static Operand<TNumber> withDiagonal(
      OperationStep step,
      String firstForm,
      Operand<TNumber> matrices,
      Operand<TNumber> diagonals,
      int which) {
    return step.operation().type().equals(firstForm)
        ? step.op("MatrixSetDiag").in(matrices, diagonals).out(0)
        : aligned(
            step,
            step.op("MatrixSetDiagV3").in(matrices, diagonals, step.operation().input(which)));
  }

  private static Operand<TNumber> diagonalOf(
      OperationStep step, Operand<TNumber> matrices, int which) {
    RawOperation part =
        step.op("MatrixDiagPartV3")
            .in(matrices, step.operation().input(which), step.constant(matrices, 0));
    return aligned(step, part);
  }

  private static Operand<TNumber> aligned(OperationStep step, RawOperation operation) {
    return step.operation().type().endsWith("V3")
        ? operation.like("align").out(0)
        : operation.text("align", "LEFT_LEFT").out(0);
  }
}
