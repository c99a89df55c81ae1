package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.train.SessionThreads;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SolverBenchmarkTest {
  /** Rounding of float32 at a condition number of about a hundred, with a margin. */
  private static final double EXACT = 1e-3;

  /** The distance that one Newton step leaves after a twentieth of the factor changed. */
  private static final double NEAR = 0.3;

  @Test
  void everySolverInvertsEveryMatrix() {
    List<Integer> progress = new ArrayList<>();
    Set<Solver> all = EnumSet.allOf(Solver.class);

    List<SolverMeasurement> found =
        new SolverBenchmark(List.of(8, 12), all, 12, 1, SessionThreads.single()).run(progress::add);

    assertThat(progress).containsExactly(8, 12);
    assertThat(found).hasSize(2 * all.size());
    for (SolverMeasurement one : found) {
      boolean newton = one.solver() == Solver.NEWTON || one.solver() == Solver.GUARDED_NEWTON;
      assertThat(one.residual()).as("%s", one).isPositive().isLessThan(newton ? NEAR : EXACT);
    }
  }

  @Test
  void onlyTheWantedSolversRunInTheirOrder() {
    assertThat(
            new SolverBenchmark(
                    List.of(4), Set.of(Solver.LU, Solver.NEWTON), 4, 2, SessionThreads.single())
                .run(size -> {}))
        .extracting(SolverMeasurement::solver)
        .containsExactly(Solver.NEWTON, Solver.LU);
  }

  @Test
  void sizesMustBePositive() {
    assertThatThrownBy(
            () -> new SolverBenchmark(List.of(0), Set.of(Solver.LU), 1, 1, SessionThreads.single()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sizes >= 1");
  }

  @Test
  void theEigendecompositionIsLeftOutOfLargeFactors() {
    List<SolverMeasurement> found =
        new SolverBenchmark(
                List.of(4, 5), Set.of(Solver.EIGEN, Solver.LU), 4, 1, SessionThreads.single())
            .run(size -> {});

    assertThat(found)
        .extracting(one -> one.size() + " " + one.solver())
        .containsExactly("4 LU", "4 EIGEN", "5 LU");
  }

  @Test
  void largeFactorsAreTimedLessOften() {
    assertThat(rounds(21, 64, 576, 1152, 4608)).containsExactly(21, 21, 10, 5);
    assertThat(rounds(2, 576, 4608)).containsExactly(2, 2);
  }

  private static List<Integer> rounds(int wanted, Integer... sizes) {
    List<Integer> all = List.of(sizes);
    SolverBenchmark benchmark =
        new SolverBenchmark(all, Set.of(Solver.LU), 1, wanted, SessionThreads.single());
    return all.stream().map(benchmark::rounds).toList();
  }
}
