package io.github.tfkfac.internal.linalg;

import java.util.Random;
import org.ejml.simple.SimpleMatrix;

/** Test matrices and the float64 oracle for what is done to them. */
final class TestMatrices {

  private TestMatrices() {}

  static SimpleMatrix randomOrthogonal(int order, long seed) {
    return SimpleMatrix.random_DDRM(order, order, -1, 1, new Random(seed)).svd().getU();
  }

  static SimpleMatrix withEigenvalues(long seed, double... eigenvalues) {
    SimpleMatrix q = randomOrthogonal(eigenvalues.length, seed);
    return symmetrize(q.mult(SimpleMatrix.diag(eigenvalues)).mult(q.transpose()));
  }

  /** Random symmetric positive definite, of moderate condition. */
  static SimpleMatrix randomSpd(int order, long seed) {
    SimpleMatrix samples = SimpleMatrix.random_DDRM(order, 2 * order, -1, 1, new Random(seed));
    return damped(samples.mult(samples.transpose()).divide(2.0 * order), 0.05);
  }

  /** A matrix whose condition is about 1/eps without damping. */
  static SimpleMatrix hilbert(int order) {
    SimpleMatrix h = new SimpleMatrix(order, order);
    for (int i = 0; i < order; i++) {
      for (int j = 0; j < order; j++) {
        h.set(i, j, 1.0 / (i + j + 1));
      }
    }
    return h;
  }

  static SimpleMatrix damped(SimpleMatrix matrix, double damping) {
    return matrix.plus(SimpleMatrix.identity(matrix.getNumRows()).scale(damping));
  }

  static SimpleMatrix symmetrize(SimpleMatrix matrix) {
    return matrix.plus(matrix.transpose()).scale(0.5);
  }

  static SimpleMatrix identityMinus(SimpleMatrix matrix) {
    return SimpleMatrix.identity(matrix.getNumRows()).minus(matrix);
  }

  static double largestEigenvalue(SimpleMatrix matrix) {
    return matrix.eig().getEigenvalues().stream().mapToDouble(e -> e.getReal()).max().orElseThrow();
  }

  static double[][] rows(SimpleMatrix matrix) {
    return matrix.toArray2();
  }

  static SimpleMatrix fromRows(int order, double[] values) {
    return new SimpleMatrix(order, order, true, values);
  }

  /** {@code ‖actual − expected‖_F / ‖expected‖_F}; NaN counts as infinite. */
  static double relativeError(SimpleMatrix actual, SimpleMatrix expected) {
    double error = actual.minus(expected).normF() / expected.normF();
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }
}
