package io.github.tfkfac.internal.update;

import io.github.tfkfac.Shampoo;
import io.github.tfkfac.Shampoo.Exponent;
import io.github.tfkfac.Shampoo.Grafting;
import io.github.tfkfac.Shampoo.Root;
import io.github.tfkfac.internal.linalg.InverseRoot;
import io.github.tfkfac.internal.linalg.Matrices;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Shampoo's step of one variable. */
public final class ShampooRule extends FactoredRule {

  private static final String AVERAGE = "moment1";
  private static final String SQUARES = "moment2";

  /** Decay of Adam's second moments. */
  private static final double GRAFTING_BETA = 0.999;

  /** Added to their root. */
  private static final double ADAM_EPSILON = 1e-8;

  /** Added to a length that divides. */
  private static final double LENGTH_EPSILON = 1e-16;

  /** Of the coupled Newton iteration. */
  private static final double TOLERANCE = 1e-6;

  private static final double FLOAT64_TOLERANCE = 1e-12;

  private final Shampoo options;
  private final Shape folded;
  private final InverseRoot root;

  /** The rule of a variable of this shape and number. */
  public ShampooRule(Shampoo options, Shape shape, int number) {
    super(
        options.refreshes(),
        number,
        "root",
        Axes.blocks(Axes.of(shape, options.folding()), options.largestBlock()).stream()
            .flatMap(block -> LongStream.of(block.shape().asArray()).boxed())
            .toList(),
        options.grafting() == Grafting.ADAM ? List.of(AVERAGE, SQUARES) : List.of(AVERAGE));
    this.options = options;
    folded = Axes.of(shape, options.folding());
    int order = folded.numDimensions();
    int degree = options.exponent() == Exponent.SHARE ? order : 2 * order;
    root = new InverseRoot(degree, options.epsilon());
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Operand<T> gradient = context.direction();
    Operand<T> old = average(context, AVERAGE);
    Operand<T> average = Moments.average(tf, context, old, gradient, options.beta1());
    Operand<T> direction = Moments.corrected(tf, context, average, options.beta1());
    Operand<T> grafted = direction;
    List<Operand<T>> averages = new ArrayList<>(List.of(average));
    if (options.grafting() == Grafting.ADAM) {
      Operand<T> square = tf.math.square(gradient);
      Operand<T> before = average(context, SQUARES);
      averages.add(Moments.average(tf, context, before, square, GRAFTING_BETA));
      Operand<T> squares = Moments.corrected(tf, context, averages.get(1), GRAFTING_BETA);
      Operand<T> divisor = tf.math.add(tf.math.sqrt(squares), context.constant(ADAM_EPSILON));
      grafted = tf.math.div(direction, divisor);
    }
    Operand<TInt64> counted = counted(tf, context, 1);
    Operand<TBool> due = options.refreshes().due(tf, counted);
    List<Operand<T>> factors = new ArrayList<>();
    List<Operand<T>> roots = new ArrayList<>();
    List<Operand<T>> steps = new ArrayList<>();
    List<Operand<T>> whole =
        Stream.of(gradient, direction, grafted).map(t -> Axes.reshaped(tf, t, folded)).toList();
    for (Axes.Block block : Axes.blocks(folded, options.largestBlock())) {
      int from = factors.size();
      for (Operand<T> gram : Axes.grams(tf, block.of(tf, whole.get(0)))) {
        factors.add(factor(tf, context, context.slot(factors.size()), gram));
      }
      List<Operand<T>> corrected = new ArrayList<>(factors.subList(from, factors.size()));
      if (options.beta2() < 1) {
        corrected.replaceAll(f -> Moments.corrected(tf, context, f, options.beta2()));
      }
      List<Operand<T>> kept = derived(context).subList(from, factors.size());
      List<Operand<T>> own = renewed(tf, due, kept, corrected, this::inverseRoots);
      roots.addAll(own);
      steps.add(step(tf, block.of(tf, whole.get(1)), block.of(tf, whole.get(2)), own));
    }
    Operand<T> joined = Axes.joined(tf, steps, folded, options.largestBlock());
    Operand<T> step = Axes.reshaped(tf, joined, gradient.shape());
    Operand<TInt64> period = tf.constant(options.refreshes().period());
    step = tf.select(tf.math.greaterEqual(counted, period), step, grafted);
    return new Result<>(
        tf.math.sub(context.decayedWeight(tf), tf.math.mul(step, context.learningRate())),
        Stream.of(factors, roots, averages).flatMap(List::stream).toList());
  }

  private <T extends TNumber> Operand<T> factor(
      Ops tf, Context<T> context, Operand<T> old, Operand<T> gram) {
    return options.beta2() == 1
        ? tf.math.add(old, gram)
        : Moments.average(tf, context, old, gram, options.beta2());
  }

  /** Of the factors, which are the second half of the values. */
  private <T extends TNumber> List<Operand<T>> inverseRoots(Ops tf, List<Operand<T>> values) {
    double tolerance = values.get(0).type() == TFloat64.class ? FLOAT64_TOLERANCE : TOLERANCE;
    return values.stream()
        .skip(values.size() / 2)
        .<Operand<T>>map(
            factor ->
                options.root() == Root.EIGENVALUES
                    ? root.byEigenvalues(tf, factor)
                    : root.byNewton(tf, factor, tolerance, Gate::choose))
        .toList();
  }

  /** A block of the direction times its roots, as long as the grafted step. */
  private <T extends TNumber> Operand<T> step(
      Ops tf, Operand<T> direction, Operand<T> grafted, List<Operand<T>> roots) {
    List<Optional<Operand<T>>> matrices = roots.stream().map(Optional::of).toList();
    Operand<T> step = Axes.multiplied(tf, direction, matrices, false);
    if (options.grafting() == Grafting.NONE) {
      return step;
    }
    Operand<T> own = tf.math.add(norm(tf, step), tf.constantOfSameType(step, LENGTH_EPSILON));
    return tf.math.mul(step, tf.math.div(norm(tf, grafted), own));
  }

  private static <T extends TNumber> Operand<T> norm(Ops tf, Operand<T> tensor) {
    return Matrices.frobeniusNorm(tf, tf.reshape(tensor, tf.array(1, -1)));
  }
}
