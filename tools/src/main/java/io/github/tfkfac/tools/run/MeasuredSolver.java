package io.github.tfkfac.tools.run;

import io.github.tfkfac.linalg.AutoSolver;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.SolverTimings;
import io.github.tfkfac.optimizer.Approximation.Inverses;
import io.github.tfkfac.optimizer.CurvatureOptions;
import java.util.List;
import java.util.Map;
import org.tensorflow.types.TFloat32;

/** The solver of exact refreshes that is chosen by a measurement, one per process. */
final class MeasuredSolver {

  /** Stands for the choice as long as nothing was measured. */
  static final AutoSolver UNMEASURED =
      new AutoSolver(new SolverTimings(Map.of(1, Map.of(InverseSolver.cholesky(), 1.0))));

  /** Orders in between go by the nearest. */
  private static final List<Integer> ORDERS = List.of(64, 256, 1024);

  private MeasuredSolver() {}

  /** The same options with the measured solver in place of {@link #UNMEASURED}. */
  static CurvatureOptions in(CurvatureOptions options) {
    return options.approximation() instanceof Inverses inverses
            && inverses.exactSolver().equals(UNMEASURED)
        ? options.withExactSolver(Measurement.SOLVER)
        : options;
  }

  private static final class Measurement {
    static final AutoSolver SOLVER =
        new AutoSolver(
            SolverTimings.measure(
                List.of(InverseSolver.cholesky(), InverseSolver.lu(), InverseSolver.eigen()),
                ORDERS,
                TFloat32.class,
                System::nanoTime));
  }
}
