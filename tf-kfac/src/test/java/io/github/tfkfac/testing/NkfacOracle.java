package io.github.tfkfac.testing;

import org.ejml.data.DMatrixRMaj;
import org.ejml.simple.SimpleMatrix;

/** NKFAC's formulas for one matrix in plain linear algebra. */
public final class NkfacOracle {

  private static final double GOLDEN_RATIO = 0.6180339887498949;

  private NkfacOracle() {}

  /** A matrix from its rows. */
  public static SimpleMatrix matrix(int rows, int columns, double[] values) {
    return SimpleMatrix.wrap(DMatrixRMaj.wrap(rows, columns, values.clone()));
  }

  /** The entries in row-major order. */
  public static double[] values(SimpleMatrix matrix) {
    return ((DMatrixRMaj) matrix.getMatrix()).data.clone();
  }

  /** The rows with a 1 appended. */
  public static SimpleMatrix withOnes(SimpleMatrix rows) {
    SimpleMatrix ones = new SimpleMatrix(rows.getNumRows(), 1);
    ones.fill(1);
    return rows.concatColumns(ones);
  }

  /** {@code M / (|M| + 1e-12)}. */
  public static SimpleMatrix normalized(SimpleMatrix matrix) {
    return matrix.divide(matrix.normF() + 1e-12);
  }

  /** {@code old + (1 - decay)(batch - old)}. */
  public static SimpleMatrix average(SimpleMatrix old, SimpleMatrix batch, double decay) {
    return old.plus(batch.minus(old).scale(1 - decay));
  }

  /** {@code M + max(1e-4, 0.01 lambda_max) I} with ten rounds of power iteration. */
  public static SimpleMatrix damped(SimpleMatrix factor) {
    int order = factor.getNumRows();
    SimpleMatrix v = new SimpleMatrix(order, 1);
    for (int i = 0; i < order; i++) {
      double multiple = (i + 1) * GOLDEN_RATIO;
      v.set(i, 1 + multiple - Math.floor(multiple));
    }
    double largest = 0;
    for (int round = 0; round < 10; round++) {
      SimpleMatrix u = factor.transpose().mult(v);
      if (u.normF() == 0) {
        break;
      }
      v = factor.mult(u.divide(u.normF()));
      largest = v.normF();
    }
    double damping = Math.max(1e-4, 0.01 * largest);
    return factor.plus(SimpleMatrix.identity(order).scale(damping));
  }

  /** {@code (A + a I)^-1 D (G + g I)^-1} with the relative damping of {@link #damped}. */
  public static SimpleMatrix preconditioned(
      SimpleMatrix inputFactor, SimpleMatrix outputFactor, SimpleMatrix gradient) {
    return damped(inputFactor).invert().mult(gradient).mult(damped(outputFactor).invert());
  }
}
