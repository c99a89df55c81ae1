package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.internal.linalg.InverseNorm;
import io.github.tfkfac.internal.linalg.SpectralGuard;

/** The solvers that are compared. */
public enum Solver {
  NEWTON("Newton, inverse norm"),
  GUARDED_NEWTON("Newton, spectral guard"),
  BLOCK("block inverse"),
  CHOLESKY("Cholesky"),
  LU("LU"),
  EIGEN("eigendecomposition");

  private final String title;

  Solver(String title) {
    this.title = title;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }

  InverseSolver inverseSolver() {
    return switch (this) {
      case NEWTON -> InverseSolver.newton(1, new InverseNorm());
      case GUARDED_NEWTON -> InverseSolver.newton(1, new SpectralGuard());
      case BLOCK -> InverseSolver.block();
      case CHOLESKY -> InverseSolver.cholesky();
      case LU -> InverseSolver.lu();
      case EIGEN -> InverseSolver.eigen();
    };
  }
}
