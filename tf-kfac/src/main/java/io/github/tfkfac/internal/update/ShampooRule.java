package io.github.tfkfac.internal.update;

import io.github.tfkfac.RefreshPolicy.Spread;
import io.github.tfkfac.Shampoo;
import io.github.tfkfac.Shampoo.Grafting;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.linalg.InverseRoot;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Shampoo's step of one variable. */
public final class ShampooRule implements UpdateRule {

  private static final String AVERAGE = "moment1";
  private static final String SQUARES = "moment2";

  /** Added to the root of Adam's second moments. */
  private static final double ADAM_EPSILON = 1e-8;

  /** Added to a length that divides. */
  private static final double LENGTH_EPSILON = 1e-16;

  private static final double NEWTON_TOLERANCE = 1e-6;
  private static final double NEWTON_TOLERANCE_FLOAT64 = 1e-12;

  private final Shampoo options;
  private final Shape folded;
  private final InverseRoot root;

  /** Updates by which the first renewal is earlier than at the end of the first period. */
  private final long ahead;

  /** Shapes of the factors, block by block, and then of their roots. */
  private final Map<String, Shape> factors = new LinkedHashMap<>();

  /** The rule of a variable of this shape and place. */
  public ShampooRule(Shampoo options, Shape shape, int number) {
    this.options = options;
    boolean isStaggered = options.refreshes().spread() == Spread.STAGGERED;
    ahead = isStaggered ? number % options.refreshes().period() : 0;
    folded = Axes.of(shape, options.folding());
    int order = folded.numDimensions();
    int degree = options.exponent() == Shampoo.Exponent.SHARE ? order : 2 * order;
    root = new InverseRoot(degree, options.epsilon());
    List<Shape> blocks = Axes.blocks(folded, options.largestBlock());
    for (String kind : List.of("factor", "root")) {
      for (int block = 0; block < blocks.size(); block++) {
        for (int axis = 0; axis < order; axis++) {
          long length = blocks.get(block).get(axis);
          factors.put(kind + block + "_" + axis, Shape.of(length, length));
        }
      }
    }
  }

  @Override
  public List<String> slots() {
    List<String> names = new ArrayList<>(factors.keySet());
    if (options.beta1() > 0) {
      names.add(AVERAGE);
    }
    if (options.grafting() == Grafting.ADAM) {
      names.add(SQUARES);
    }
    return names;
  }

  @Override
  public Shape slotShape(String slot, Shape variable) {
    return factors.getOrDefault(slot, variable);
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> gradient = context.direction();
    List<Operand<T>> averages = new ArrayList<>();
    Operand<T> direction = gradient;
    if (options.beta1() > 0) {
      Operand<T> old = context.slot(factors.size());
      averages.add(Moments.average(tf, context, old, gradient, options.beta1()));
      direction = Moments.corrected(tf, context, averages.get(0), options.beta1());
    }
    Operand<T> grafted = direction;
    if (options.grafting() == Grafting.ADAM) {
      double beta = Shampoo.GRAFTING_BETA;
      Operand<T> old = context.slot(factors.size() + averages.size());
      Operand<T> squares = Moments.average(tf, context, old, tf.math.square(gradient), beta);
      averages.add(squares);
      Operand<T> divisor = tf.math.sqrt(Moments.corrected(tf, context, squares, beta));
      grafted = tf.math.div(direction, tf.math.add(divisor, context.constant(ADAM_EPSILON)));
    }
    Operand<TInt64> counted = tf.math.add(context.scalars().updatesDone(), tf.constant(1 + ahead));
    Operand<TBool> due = options.refreshes().due(tf, counted);
    Operand<TBool> begun = tf.math.greaterEqual(counted, tf.constant(options.refreshes().period()));
    List<Operand<T>> moments = new ArrayList<>();
    List<Operand<T>> roots = new ArrayList<>();
    List<Operand<T>> tensors =
        List.of(
            Axes.reshaped(tf, gradient, folded),
            Axes.reshaped(tf, direction, folded),
            Axes.reshaped(tf, grafted, folded));
    Operand<T> preconditioned =
        Axes.blockwise(
            tf,
            tensors,
            options.largestBlock(),
            0,
            block -> {
              List<Operand<T>> own = moments(tf, context, block.get(0), moments.size());
              List<Operand<T>> renewed = roots(tf, context, due, own, roots.size());
              moments.addAll(own);
              roots.addAll(renewed);
              return step(tf, block.get(1), block.get(2), renewed);
            });
    Operand<T> step =
        tf.select(begun, Axes.reshaped(tf, preconditioned, gradient.shape()), grafted);
    List<Operand<T>> slots = new ArrayList<>(moments);
    slots.addAll(roots);
    slots.addAll(averages);
    return new Result<>(
        tf.math.sub(context.decayedWeight(tf), tf.math.mul(step, context.learningRate())), slots);
  }

  /** The factors of a block with the current gradient. */
  private <T extends TNumber> List<Operand<T>> moments(
      Ops tf, Context<T> context, Operand<T> gradient, int from) {
    List<Operand<T>> moments = new ArrayList<>();
    for (Operand<T> gram : Axes.grams(tf, gradient)) {
      Operand<T> old = context.slot(from + moments.size());
      moments.add(
          options.beta2() == 1
              ? tf.math.add(old, gram)
              : Moments.average(tf, context, old, gram, options.beta2()));
    }
    return moments;
  }

  private <T extends TNumber> List<Operand<T>> roots(
      Ops tf, Context<T> context, Operand<TBool> due, List<Operand<T>> moments, int from) {
    int first = factors.size() / 2 + from;
    List<Operand<T>> corrected = new ArrayList<>(moments);
    if (options.beta2() < 1) {
      corrected.replaceAll(moment -> Moments.corrected(tf, context, moment, options.beta2()));
    }
    return Renewal.of(
        tf,
        due,
        context.slots().subList(first, first + moments.size()),
        corrected,
        (ops, values) ->
            values.subList(moments.size(), values.size()).stream()
                .map(factor -> inverseRoot(ops, factor))
                .toList());
  }

  private <T extends TNumber> Operand<T> inverseRoot(Ops tf, Operand<T> factor) {
    double tolerance =
        factor.type() == TFloat64.class ? NEWTON_TOLERANCE_FLOAT64 : NEWTON_TOLERANCE;
    return switch (options.root()) {
      case EIGENVALUES -> root.byEigenvalues(tf, factor);
      case COUPLED_NEWTON -> root.byNewton(tf, factor, tolerance, Gate::choose);
    };
  }

  /** A block of the direction times its roots, as long as the grafted step. */
  private <T extends TNumber> Operand<T> step(
      Ops tf, Operand<T> direction, Operand<T> grafted, List<Operand<T>> roots) {
    Operand<T> step =
        Axes.multiplied(tf, direction, roots.stream().map(Optional::of).toList(), false);
    if (options.grafting() == Grafting.NONE) {
      return step;
    }
    Operand<T> own = tf.math.add(norm(tf, step), tf.constantOfSameType(step, LENGTH_EPSILON));
    return tf.math.mul(step, tf.math.div(norm(tf, grafted), own));
  }

  private static <T extends TNumber> Operand<T> norm(Ops tf, Operand<T> tensor) {
    Operand<T> flat = tf.reshape(tensor, tf.array(-1));
    return tf.math.sqrt(tf.reduceSum(tf.math.square(flat), tf.constant(0)));
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
