package io.github.tfkfac.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.SolverTimings;
import io.github.tfkfac.StepRule;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class SolverTimingsTest {

  private static final InverseSolver LU = InverseSolver.lu();
  private static final InverseSolver CHOLESKY = InverseSolver.cholesky();
  private static final SolverTimings TIMINGS =
      new SolverTimings(
          Map.of(8, Map.of(LU, 1.0, CHOLESKY, 2.0), 128, Map.of(LU, 3.0, CHOLESKY, 2.0)));

  @Test
  void theFastestSolverOfTheNearestOrderIsChosen() {
    assertThat(TIMINGS.fastest(8)).isEqualTo(LU);
    assertThat(TIMINGS.fastest(128)).isEqualTo(CHOLESKY);
    assertThat(TIMINGS.fastest(20)).isEqualTo(LU);
    assertThat(TIMINGS.fastest(50)).isEqualTo(CHOLESKY);
    assertThat(TIMINGS.fastest(5000)).isEqualTo(CHOLESKY);
  }

  @Test
  void timesAreThoseOfTheClock() {
    AtomicLong reads = new AtomicLong();
    // Three runs of each solver; a run of the first takes 5 ns by this clock, one of the second 2.
    SolverTimings timings =
        SolverTimings.measure(
            List.of(LU, CHOLESKY),
            List.of(3, 2, 3),
            TFloat32.class,
            () -> {
              long read = reads.getAndIncrement();
              long run = read / 2;
              return 100 * run + read % 2 * (run / 3 % 2 == 0 ? 5 : 2);
            });
    assertThat(timings.seconds().keySet()).containsExactly(2, 3);
    assertThat(timings.seconds().get(2)).containsEntry(LU, 5e-9).containsEntry(CHOLESKY, 2e-9);
    assertThat(timings.fastest(3)).isEqualTo(CHOLESKY);
    assertThat(reads).hasValue(24);
  }

  @Test
  void theAutomaticSolverInvertsByTheFastest() {
    SimpleMatrix indefinite = new SimpleMatrix(new double[][] {{1, 2}, {2, 1}});
    double[] inverse =
        GraphValues.evaluate(
            tf -> {
              var matrix = GraphValues.matrix(tf, TFloat64.class, indefinite.toArray2());
              return InverseSolver.fastest(TIMINGS).inverse(tf, matrix, matrix);
            });
    // Cholesky would give NaN.
    assertThat(inverse[0]).isEqualTo(-1.0 / 3);
  }

  @Test
  void badTablesAreRejected() {
    assertThatThrownBy(() -> new SolverTimings(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a time for at least one solver");
    InverseSolver newton = InverseSolver.newton(1, StepRule.inverseNorm());
    assertThatThrownBy(() -> new SolverTimings(Map.of(2, Map.of(newton, 1.0))))
        .hasMessageContaining("direct solvers");
  }
}
