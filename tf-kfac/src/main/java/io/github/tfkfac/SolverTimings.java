package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.Matrices;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Run times of direct solvers for matrices of several orders, on the current device.
 *
 * @param seconds by order of the matrix, then by solver
 */
public record SolverTimings(Map<Integer, Map<InverseSolver, Double>> seconds) {

  private static final int RUNS = 3;

  /**
   * @throws IllegalArgumentException if there is no measurement, or one is not positive, or of a
   *     solver that needs a warm start
   */
  public SolverTimings {
    Map<Integer, Map<InverseSolver, Double>> copy = new TreeMap<>();
    seconds.forEach((order, times) -> copy.put(order, new LinkedHashMap<>(times)));
    seconds = copy;
    if (seconds.isEmpty() || seconds.values().stream().anyMatch(Map::isEmpty)) {
      throw new IllegalArgumentException(
          "expected a time for at least one solver of every order, found " + seconds);
    }
    seconds
        .values()
        .forEach(
            times ->
                times.forEach(
                    (solver, time) -> {
                      if (solver.needsWarmStart() || !(time > 0)) {
                        throw new IllegalArgumentException(
                            "expected times > 0 of direct solvers, found "
                                + time
                                + " of "
                                + solver);
                      }
                    }));
  }

  /**
   * Measures solvers in a session of its own: one run to warm up, then the fastest of three.
   *
   * @param solvers direct solvers; the first wins a tie
   * @param orders the orders that occur; repetitions are measured once
   * @param nanoClock reads a clock, as {@link System#nanoTime} does
   */
  public static <T extends TNumber> SolverTimings measure(
      List<InverseSolver> solvers, List<Integer> orders, Class<T> type, LongSupplier nanoClock) {
    Map<Integer, Map<InverseSolver, Double>> seconds = new TreeMap<>();
    for (int order : new TreeSet<>(orders)) {
      Map<InverseSolver, Double> times = new LinkedHashMap<>();
      for (InverseSolver solver : solvers) {
        times.put(solver, seconds(solver, order, type, nanoClock));
      }
      seconds.put(order, times);
    }
    return new SolverTimings(seconds);
  }

  private static <T extends TNumber> double seconds(
      InverseSolver solver, int order, Class<T> type, LongSupplier nanoClock) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      // A placeholder, as TensorFlow would compute the inverse of a constant beforehand.
      Operand<T> scale =
          tf.placeholderWithDefault(tf.dtypes.cast(tf.constant(1.5), type), Shape.scalar());
      Operand<T> matrix =
          Matrices.addToDiagonal(tf, tf.math.mul(Matrices.identity(tf, order, type), scale), scale);
      Op result = tf.identity(solver.inverse(tf, matrix, matrix));
      session.runner().addTarget(result).run().close();
      long shortest = Long.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        long start = nanoClock.getAsLong();
        session.runner().addTarget(result).run().close();
        shortest = Math.min(shortest, nanoClock.getAsLong() - start);
      }
      return Math.max(1, shortest) * 1e-9;
    }
  }

  /** The fastest solver for matrices of an order, by the nearest order that was measured. */
  public InverseSolver fastest(int order) {
    int nearest =
        seconds.keySet().stream()
            .min(Comparator.comparingDouble(known -> distance(known, order)))
            .orElseThrow();
    return Objects.requireNonNull(seconds.get(nearest)).entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  private static double distance(int first, int second) {
    return Math.abs(Math.log((double) first / second));
  }
}
