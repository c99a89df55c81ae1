package io.github.tfkfac.internal.update;

import io.github.tfkfac.RefreshPolicy.Spread;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.Soap;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.linalg.Eigendecomposition;
import io.github.tfkfac.internal.linalg.PowerStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** SOAP's step of one variable. */
public final class SoapRule implements UpdateRule {

  private final Soap options;
  private final Shape folded;

  /** The axes that are turned. */
  private final List<Integer> turned;

  /** Updates by which renewals are earlier than the periods' ends. */
  private final long ahead;

  /** Shapes of the factors, and then of the bases. */
  private final Map<String, Shape> factors = new LinkedHashMap<>();

  /** The rule of a variable of this shape and place. */
  public SoapRule(Soap options, Shape shape, int number) {
    this.options = options;
    boolean isStaggered = options.refreshes().spread() == Spread.STAGGERED;
    ahead = isStaggered ? number % options.refreshes().period() : 0;
    folded = Axes.of(shape, options.folding());
    turned =
        IntStream.range(0, shape.numDimensions() < 2 ? 0 : folded.numDimensions())
            .filter(axis -> folded.get(axis) <= options.longestAxis())
            .boxed()
            .toList();
    for (String kind : List.of("factor", "basis")) {
      turned.forEach(
          axis -> factors.put(kind + axis, Shape.of(folded.get(axis), folded.get(axis))));
    }
  }

  @Override
  public List<String> slots() {
    List<String> names = new ArrayList<>(factors.keySet());
    names.addAll(List.of("moment1", "moment2"));
    return names;
  }

  @Override
  public Shape slotShape(String slot, Shape variable) {
    return factors.getOrDefault(slot, variable);
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    int count = turned.size();
    Shape shape = context.weight().shape();
    List<Operand<T>> bases = context.slots().subList(count, 2 * count);
    Operand<T> begun = context.scalars().atUpdate(new Begun());
    Operand<T> gradient = Axes.reshaped(tf, context.direction(), folded);
    Operand<T> old1 = Axes.reshaped(tf, context.slot(2 * count), folded);
    Operand<T> old2 = Axes.reshaped(tf, context.slot(2 * count + 1), folded);
    Operand<T> counted = tf.math.mul(gradient, begun);
    Operand<T> square = tf.math.square(turned(tf, counted, bases, false));
    Operand<T> moment1 = Moments.average(tf, context, old1, counted, options.beta1());
    Operand<T> moment2 = Moments.average(tf, context, old2, square, options.beta2());
    Operand<T> root = tf.math.sqrt(moment2);
    Operand<T> step =
        tf.math.div(
            turned(tf, moment1, bases, false),
            tf.math.add(root, context.constant(options.epsilon())));
    Operand<T> rate =
        tf.math.div(
            tf.math.sqrt(Moments.biasCorrection(context, options.beta2(), 0)),
            Moments.biasCorrection(context, options.beta1(), 0));
    Operand<T> change =
        tf.math.mul(turned(tf, step, bases, true), tf.math.mul(rate, context.learningRate()));
    Operand<T> weight = tf.math.sub(context.weight(), Axes.reshaped(tf, change, shape));
    if (context.weightDecay().isPresent()) {
      Operand<T> decay = tf.math.mul(context.weightDecay().get(), context.learningRate());
      weight = tf.math.sub(weight, tf.math.mul(weight, tf.math.mul(decay, begun)));
    }
    List<Operand<T>> slots = new ArrayList<>(factors(tf, context, gradient));
    List<Operand<T>> renewed = renewed(tf, context, moment2, bases, slots);
    slots.addAll(renewed.subList(1, renewed.size()));
    slots.add(Axes.reshaped(tf, moment1, shape));
    slots.add(Axes.reshaped(tf, renewed.get(0), shape));
    return new Result<>(weight, slots);
  }

  private <T extends TNumber> List<Operand<T>> factors(
      Ops tf, Context<T> context, Operand<T> gradient) {
    if (turned.isEmpty()) {
      return List.of();
    }
    List<Operand<T>> grams = Axes.grams(tf, gradient);
    List<Operand<T>> factors = new ArrayList<>();
    for (int axis : turned) {
      Operand<T> old = context.slot(factors.size());
      factors.add(Moments.average(tf, context, old, grams.get(axis), options.factorBeta()));
    }
    return factors;
  }

  /** The second moments and the bases after the step. */
  private <T extends TNumber> List<Operand<T>> renewed(
      Ops tf,
      Context<T> context,
      Operand<T> moment2,
      List<Operand<T>> bases,
      List<Operand<T>> factors) {
    List<Operand<T>> state = new ArrayList<>(List.of(moment2));
    if (turned.isEmpty()) {
      return state;
    }
    Operand<TInt64> done = context.scalars().updatesDone();
    Operand<TBool> first = tf.math.equal(done, tf.constant(0L));
    Operand<TBool> due = options.refreshes().due(tf, tf.math.add(done, tf.constant(ahead)));
    state.addAll(
        Renewal.of(
            tf,
            first,
            bases,
            factors,
            (ops, values) ->
                values.subList(bases.size(), values.size()).stream()
                    .map(factor -> eigenvectors(ops, factor))
                    .toList()));
    return Renewal.of(
        tf, tf.math.logicalAnd(due, tf.math.logicalNot(first)), state, factors, this::stepped);
  }

  /** The eigenvectors of a factor, those of the largest eigenvalues first. */
  private static <T extends TNumber> Operand<T> eigenvectors(Ops tf, Operand<T> factor) {
    return tf.reverse(Eigendecomposition.of(tf, factor).basis(), tf.array(1));
  }

  /** Second moments and bases after a power step, from these and the factors. */
  private <T extends TNumber> List<Operand<T>> stepped(Ops tf, List<Operand<T>> values) {
    List<PowerStep<T>> steps = new ArrayList<>();
    for (int i = 1; i <= turned.size(); i++) {
      steps.add(PowerStep.of(tf, values.get(i + turned.size()), values.get(i)));
    }
    Operand<T> moment2 =
        Axes.walked(
            tf,
            values.get(0),
            (axis, rows) -> {
              int place = turned.indexOf(axis);
              return Axes.transposed(
                  tf, place < 0 ? rows : tf.gather(rows, steps.get(place).order(), tf.constant(0)));
            });
    List<Operand<T>> result = new ArrayList<>(List.of(moment2));
    steps.forEach(step -> result.add(step.basis()));
    return result;
  }

  private <T extends TNumber> Operand<T> turned(
      Ops tf, Operand<T> tensor, List<Operand<T>> bases, boolean back) {
    if (turned.isEmpty()) {
      return tensor;
    }
    List<Optional<Operand<T>>> matrices = new ArrayList<>();
    for (int axis = 0; axis < folded.numDimensions(); axis++) {
      int place = turned.indexOf(axis);
      matrices.add(place < 0 ? Optional.empty() : Optional.of(bases.get(place)));
    }
    return Axes.multiplied(tf, tensor, matrices, back);
  }

  /** 0 at the first update, 1 at all others. */
  private record Begun() implements Schedule {
    @Override
    public Operand<TFloat64> at(Ops tf, Operand<TInt64> step) {
      return tf.dtypes.cast(tf.math.minimum(step, tf.constant(1L)), TFloat64.class);
    }
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
