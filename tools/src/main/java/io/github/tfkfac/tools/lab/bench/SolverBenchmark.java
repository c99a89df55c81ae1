package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Times refreshes of one factor by each solver, alternating; see {@link RefreshProbe} for what is
 * refreshed.
 *
 * @param sizes orders of the factors
 * @param solvers what is compared
 * @param largestEigen the eigendecomposition is left out for factors of a larger order
 * @param rounds how often each is timed; less often for large factors
 * @param threads threads of the session
 */
public record SolverBenchmark(
    List<Integer> sizes,
    Set<Solver> solvers,
    int largestEigen,
    int rounds,
    SessionThreads threads) {

  /** Up to this order every round is run. */
  private static final int SMALL = 576;

  /** As many rounds are run of a factor however large, if this many are wanted. */
  private static final int FEWEST_ROUNDS = 5;

  public SolverBenchmark {
    sizes = List.copyOf(sizes);
    solvers = Set.copyOf(solvers);
    if (rounds <= 0 || sizes.isEmpty() || solvers.isEmpty()) {
      throw new IllegalArgumentException(
          "expected sizes, solvers and a number of rounds > 0, found sizes %s, solvers %s, %d rounds"
              .formatted(sizes, solvers, rounds));
    }
    if (sizes.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException("expected sizes >= 1 of matrices, found " + sizes);
    }
  }

  /**
   * Runs the benchmark.
   *
   * @param progress told every size when it is done
   */
  public List<SolverMeasurement> run(Consumer<Integer> progress) {
    List<SolverMeasurement> all = new ArrayList<>();
    for (int size : sizes) {
      all.addAll(measured(size));
      progress.accept(size);
    }
    return all;
  }

  /** Number of timings of each solver on a factor. */
  int rounds(int size) {
    return size <= SMALL
        ? rounds
        : Math.max(Math.min(rounds, FEWEST_ROUNDS), rounds * SMALL / size);
  }

  /** Solvers that are timed on a factor. */
  Set<Solver> solvers(int size) {
    Set<Solver> timed = new TreeSet<>(solvers);
    if (size > largestEigen) {
      timed.remove(Solver.EIGEN);
    }
    return timed;
  }

  private List<SolverMeasurement> measured(int size) {
    Set<Solver> timed = solvers(size);
    List<SolverMeasurement> all = new ArrayList<>();
    try (RefreshProbe probe = new RefreshProbe(size, timed, threads)) {
      Map<Solver, List<Double>> times = new EnumMap<>(Solver.class);
      timed.forEach(probe::milliseconds);
      for (int round = 0; round < rounds(size); round++) {
        for (Solver solver : timed) {
          times.computeIfAbsent(solver, first -> new ArrayList<>()).add(probe.milliseconds(solver));
        }
      }
      times.forEach(
          (solver, values) ->
              all.add(
                  new SolverMeasurement(
                      size, solver, values.size(), Spread.of(values), probe.residual(solver))));
    }
    return all;
  }
}
