package io.github.tfkfac.optimizer;

import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.linalg.InverseSolver;
import io.github.tfkfac.linalg.Matrices;
import io.github.tfkfac.linalg.NewtonInverse;
import io.github.tfkfac.linalg.NewtonStep;
import io.github.tfkfac.schedule.Gate;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.OrderedOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Replaces every stored inverse by that of its damped factor.
 *
 * <p>Small factors of one size are inverted as one stack: fewer operations, and all cores are busy.
 * The stacks follow one another, so that only one stack's temporaries are alive.
 */
final class InverseRefresh<T extends TNumber> {

  /** A stack of factors has at most this many bytes, unless a single factor is larger. */
  private static final long LARGEST_STACK_BYTES = 32L << 20;

  private final CurvatureOptions options;
  private final Counters counters;
  private final Class<T> type;
  private final List<Stack<T>> stacks;

  /** A factor and its inverse. */
  private record Pair<T extends TNumber>(GraphVariable<T> factor, GraphVariable<T> inverse) {}

  /** Factors of one shape that are inverted together. */
  private record Stack<T extends TNumber>(List<Pair<T>> pairs) {

    Operand<T> factors(Ops tf) {
      return joined(tf, pairs.stream().map(pair -> pair.factor().read(tf)).toList());
    }

    Operand<T> inverses(Ops tf) {
      return joined(tf, pairs.stream().map(pair -> pair.inverse().read(tf)).toList());
    }

    List<Op> assign(Ops tf, Operand<T> inverses) {
      if (pairs.size() == 1) {
        return List.of(pairs.get(0).inverse().assign(tf, inverses));
      }
      List<Op> effects = new ArrayList<>();
      int index = 0;
      for (Operand<T> inverse : tf.unstack(inverses, (long) pairs.size())) {
        effects.add(pairs.get(index++).inverse().assign(tf, inverse));
      }
      return effects;
    }

    private static <T extends TNumber> Operand<T> joined(Ops tf, List<Operand<T>> matrices) {
      return matrices.size() == 1 ? matrices.get(0) : tf.stack(matrices);
    }
  }

  InverseRefresh(
      CurvatureOptions options, Counters counters, List<LayerState<T>> layers, Class<T> type) {
    this.options = options;
    this.counters = counters;
    this.type = type;
    this.stacks = stacks(layers);
  }

  /** Refreshes the inverses when that is due and the step is {@code usable}. */
  Op whenDue(Ops tf, Operand<TInt64> step, Operand<TBool> usable) {
    return Gate.when(
        tf,
        tf.math.logicalAnd(usable, options.refreshes().due(tf, step)),
        gated -> {
          Operand<TBool> exact = options.refreshes().exact(gated, step);
          Operand<TBool> iterative = gated.math.logicalNot(exact);
          List<Op> effects =
              new ArrayList<>(
                  OrderedOps.chain(
                      gated,
                      stacks,
                      (ops, stack) -> {
                        Operand<T> damped = damped(ops, stack);
                        return List.of(
                            Gate.when(
                                ops, exact, o -> invert(o, stack, damped, options.exactSolver())),
                            Gate.when(
                                ops,
                                iterative,
                                o -> invert(o, stack, damped, options.iterativeSolver())));
                      }));
          effects.add(
              Gate.when(
                  gated, exact, ops -> List.of(Counters.increment(ops, counters.exactRefreshes))));
          effects.add(
              Gate.when(
                  gated,
                  iterative,
                  ops -> List.of(Counters.increment(ops, counters.iterativeRefreshes))));
          return effects;
        });
  }

  /** Refreshes the inverses with a solver, due or not. */
  List<Op> now(Ops tf, InverseSolver solver, GraphVariable<TInt64> counter) {
    List<Op> effects =
        new ArrayList<>(
            OrderedOps.chain(
                tf, stacks, (ops, stack) -> invert(ops, stack, damped(ops, stack), solver)));
    effects.add(Counters.increment(tf, counter));
    return effects;
  }

  private Operand<T> damped(Ops tf, Stack<T> stack) {
    Operand<T> factors = stack.factors(tf);
    return Matrices.addToDiagonal(tf, factors, options.damping().of(tf, factors, type));
  }

  private List<Op> invert(Ops tf, Stack<T> stack, Operand<T> damped, InverseSolver solver) {
    List<Op> effects = new ArrayList<>();
    Operand<T> old = stack.inverses(tf);
    Operand<T> refreshed;
    if (solver instanceof NewtonInverse newton) {
      NewtonStep<T> result = newton.refine(tf, damped, old);
      refreshed = result.inverse();
      effects.add(
          Counters.add(
              tf, counters.fullNewtonSteps, Counters.countTrue(tf, List.of(result.fullStep()))));
      effects.add(Counters.add(tf, counters.newtonSteps, tf.size(result.fullStep(), TInt64.class)));
    } else {
      refreshed = solver.inverse(tf, damped, old);
    }
    Operand<TBool> finite =
        tf.reduceAll(tf.math.isFinite(refreshed), tf.constant(new int[] {-2, -1}));
    effects.addAll(
        stack.assign(
            tf, FiniteGuard.keepFinite(tf, Matrices.overEntries(tf, finite), refreshed, old)));
    effects.add(
        Counters.add(tf, counters.rejectedInverses, Counters.countFalse(tf, List.of(finite))));
    return effects;
  }

  private static <T extends TNumber> List<Stack<T>> stacks(List<LayerState<T>> layers) {
    Map<Shape, List<Pair<T>>> byShape = new LinkedHashMap<>();
    for (LayerState<T> layer : layers) {
      for (Pair<T> pair :
          List.of(
              new Pair<>(layer.inputFactor(), layer.inputInverse()),
              new Pair<>(layer.outputFactor(), layer.outputInverse()))) {
        byShape.computeIfAbsent(pair.factor().shape(), shape -> new ArrayList<>()).add(pair);
      }
    }
    List<Stack<T>> stacks = new ArrayList<>();
    byShape.forEach(
        (shape, pairs) -> {
          long bytes = shape.size() * Double.BYTES;
          int atOnce =
              shape.numDimensions() == 2
                  ? Math.toIntExact(Math.max(1, LARGEST_STACK_BYTES / bytes))
                  : 1;
          for (int from = 0; from < pairs.size(); from += atOnce) {
            stacks.add(
                new Stack<>(
                    List.copyOf(pairs.subList(from, Math.min(from + atOnce, pairs.size())))));
          }
        });
    return List.copyOf(stacks);
  }
}
