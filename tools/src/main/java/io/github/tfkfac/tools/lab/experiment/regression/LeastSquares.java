package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.models.data.Samples;

/** The smallest loss that any linear network can have on given samples. */
final class LeastSquares {

  private LeastSquares() {}

  /**
   * {@code min over w, b of 1/(2N) Σ (w·x + b − t)²}, by the normal equations in double precision.
   */
  static double loss(Samples samples) {
    int width = samples.width();
    float[] inputs = samples.inputs();
    float[] targets = samples.targets();
    double[][] system = new double[width + 1][width + 2];
    double squares = 0;
    double[] row = new double[width + 2];
    for (int i = 0; i < targets.length; i++) {
      for (int k = 0; k < width; k++) {
        row[k] = inputs[i * width + k];
      }
      row[width] = 1;
      row[width + 1] = targets[i];
      for (int a = 0; a <= width; a++) {
        for (int b = 0; b <= width + 1; b++) {
          system[a][b] += row[a] * row[b];
        }
      }
      squares += row[width + 1] * row[width + 1];
    }
    double[] rightSide = new double[width + 1];
    for (int a = 0; a <= width; a++) {
      rightSide[a] = system[a][width + 1];
    }
    double[] solution = solved(system);
    double explained = 0;
    for (int a = 0; a <= width; a++) {
      explained += rightSide[a] * solution[a];
    }
    return (squares - explained) / (2.0 * targets.length);
  }

  /** Gaussian elimination of a positive definite system with its right side as last column. */
  private static double[] solved(double[][] system) {
    int n = system.length;
    for (int pivot = 0; pivot < n; pivot++) {
      for (int below = pivot + 1; below < n; below++) {
        double factor = system[below][pivot] / system[pivot][pivot];
        for (int column = pivot; column <= n; column++) {
          system[below][column] -= factor * system[pivot][column];
        }
      }
    }
    double[] solution = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double rest = system[i][n];
      for (int k = i + 1; k < n; k++) {
        rest -= system[i][k] * solution[k];
      }
      solution[i] = rest / system[i][i];
    }
    return solution;
  }
}
