package io.github.tfkfac.tools.bench;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.Matrices;
import io.github.tfkfac.linalg.Residual;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Times the solvers on one damped factor after the other, alternating.
 *
 * <p>The matrix is {@code XᵀX/‖XᵀX‖} of 2d rows of noise with NKFAC's damping; iterative solvers
 * start from the inverse before the factor moved by a twentieth towards another such matrix, as it
 * does in an update of the statistics.
 *
 * @param sizes orders of the matrices
 * @param solvers what is compared
 * @param rounds how often each is timed
 * @param threads threads of the session
 */
public record SolverBenchmark(
    List<Integer> sizes, Set<Solver> solvers, int rounds, SessionThreads threads) {

  private static final int WARM_UP_ROUNDS = 2;
  private static final double KEPT = 0.95;

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
      all.addAll(ofSize(size));
      progress.accept(size);
    }
    return all;
  }

  private List<SolverMeasurement> ofSize(int size) {
    try (Graph graph = new Graph();
        Session session = threads.open(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> before = factor(tf, size, 1);
      Operand<TFloat32> after =
          tf.math.add(
              tf.math.mul(before, tf.constant((float) KEPT)),
              tf.math.mul(factor(tf, size, 2), tf.constant((float) (1 - KEPT))));
      Operand<TFloat32> start = InverseSolver.cholesky().inverse(tf, damped(tf, before), before);
      Placeholder.Options shape = Placeholder.shape(Shape.of(size, size));
      Placeholder<TFloat32> matrix = tf.placeholder(TFloat32.class, shape);
      Placeholder<TFloat32> warmStart = tf.placeholder(TFloat32.class, shape);
      Map<Solver, Operand<TFloat32>> inverses = new EnumMap<>(Solver.class);
      for (Solver solver : new TreeSet<>(solvers)) {
        inverses.put(solver, solver.inverseSolver().inverse(tf, matrix, warmStart));
      }
      Map<Solver, Operand<TFloat32>> residuals = new EnumMap<>(Solver.class);
      inverses.forEach(
          (solver, inverse) -> residuals.put(solver, Residual.norm(tf, matrix, inverse)));
      try (Result input = session.runner().fetch(damped(tf, after)).fetch(start).run()) {
        return measured(
            size,
            inverses,
            residuals,
            () -> session.runner().feed(matrix, input.get(0)).feed(warmStart, input.get(1)));
      }
    }
  }

  /** Makes runners that are fed. */
  @FunctionalInterface
  private interface FedRunner {
    Session.Runner create();
  }

  private List<SolverMeasurement> measured(
      int size,
      Map<Solver, Operand<TFloat32>> inverses,
      Map<Solver, Operand<TFloat32>> residuals,
      FedRunner runner) {
    Map<Solver, List<Double>> times = new EnumMap<>(Solver.class);
    for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
      boolean counts = round >= WARM_UP_ROUNDS;
      inverses.forEach(
          (solver, inverse) -> {
            double time =
                Stopwatch.milliseconds(() -> runner.create().addTarget(inverse).run().close());
            if (counts) {
              times.computeIfAbsent(solver, ignored -> new ArrayList<>()).add(time);
            }
          });
    }
    List<SolverMeasurement> all = new ArrayList<>();
    times.forEach(
        (solver, values) -> {
          try (Result residual = runner.create().fetch(residuals.get(solver)).run()) {
            float norm = ((TFloat32) residual.get(0)).getFloat();
            all.add(new SolverMeasurement(size, solver, Spread.of(values), norm));
          }
        });
    return all;
  }

  private static Operand<TFloat32> factor(Ops tf, int size, long seed) {
    Operand<TFloat32> rows =
        tf.random.statelessRandomNormal(
            tf.constant(new int[] {2 * size, size}), tf.constant(new long[] {seed, size}));
    Operand<TFloat32> product = Matrices.multiplyTransposed(tf, rows, rows);
    return tf.math.div(product, Matrices.frobeniusNorm(tf, product));
  }

  private static Operand<TFloat32> damped(Ops tf, Operand<TFloat32> factor) {
    return Matrices.addToDiagonal(tf, factor, Damping.relative().of(tf, factor, TFloat32.class));
  }
}
