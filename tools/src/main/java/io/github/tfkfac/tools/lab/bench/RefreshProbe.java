package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.linalg.Matrices;
import io.github.tfkfac.internal.linalg.Residual;
import io.github.tfkfac.models.train.SessionThreads;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Isolated refresh of one factor, done as NKFAC does it: damping by power iteration, inverse, and
 * the old inverse in place of one that is not finite.
 *
 * <p>The factor is {@code XᵀX/‖XᵀX‖} of 2d rows of noise; iterative solvers start from the inverse
 * before it moved by a twentieth toward another such matrix, as it does in an update of the
 * statistics.
 */
final class RefreshProbe implements AutoCloseable {
  private static final double KEPT = 0.95;

  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> factor;
  private final Placeholder<TFloat32> inverse;
  private final Map<Solver, Operand<TFloat32>> refreshes = new EnumMap<>(Solver.class);
  private final Map<Solver, Operand<TFloat32>> residuals = new EnumMap<>(Solver.class);
  private final Result input;

  /** Builds everything and computes the factor and its old inverse. */
  RefreshProbe(int order, Set<Solver> solvers, SessionThreads threads) {
    Ops tf = Ops.create(graph);
    Operand<TFloat32> before = noise(tf, order, 1);
    Operand<TFloat32> now =
        tf.math.add(
            tf.math.mul(before, tf.constant((float) KEPT)),
            tf.math.mul(noise(tf, order, 2), tf.constant((float) (1 - KEPT))));
    Operand<TFloat32> start = InverseSolver.cholesky().inverse(tf, damped(tf, before), before);
    Placeholder.Options shape = Placeholder.shape(Shape.of(order, order));
    factor = tf.placeholder(TFloat32.class, shape);
    inverse = tf.placeholder(TFloat32.class, shape);
    for (Solver solver : new TreeSet<>(solvers)) {
      Operand<TFloat32> matrix = damped(tf, factor);
      Operand<TFloat32> found = solver.inverseSolver().inverse(tf, matrix, inverse);
      Operand<TBool> finite = tf.reduceAll(tf.math.isFinite(found), tf.constant(new int[] {0, 1}));
      refreshes.put(solver, FiniteGuard.keepFinite(tf, finite, found, inverse));
      residuals.put(solver, Residual.norm(tf, matrix, found));
    }
    session = threads.open(graph);
    input = session.runner().fetch(now).fetch(start).run();
  }

  /** Time of one refresh. */
  double milliseconds(Solver solver) {
    return Stopwatch.milliseconds(() -> runner().addTarget(refreshes.get(solver)).run().close());
  }

  /** {@code ‖I − B·M‖_F} after one refresh. */
  double residual(Solver solver) {
    try (Result residual = runner().fetch(residuals.get(solver)).run()) {
      return ((TFloat32) residual.get(0)).getFloat();
    }
  }

  @Override
  public void close() {
    input.close();
    session.close();
    graph.close();
  }

  private Session.Runner runner() {
    return session.runner().feed(factor, input.get(0)).feed(inverse, input.get(1));
  }

  private static Operand<TFloat32> noise(Ops tf, int order, long seed) {
    Operand<TFloat32> rows =
        tf.random.statelessRandomNormal(
            tf.constant(new int[] {2 * order, order}), tf.constant(new long[] {seed, order}));
    Operand<TFloat32> product = Matrices.multiplyTransposed(tf, rows, rows);
    return tf.math.div(product, Matrices.frobeniusNorm(tf, product));
  }

  private static Operand<TFloat32> damped(Ops tf, Operand<TFloat32> matrix) {
    return Matrices.addToDiagonal(tf, matrix, Damping.relative().of(tf, matrix, TFloat32.class));
  }
}
