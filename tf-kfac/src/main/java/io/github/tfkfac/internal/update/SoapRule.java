package io.github.tfkfac.internal.update;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.Soap;
import io.github.tfkfac.internal.linalg.Eigendecomposition;
import io.github.tfkfac.internal.linalg.PowerStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** SOAP's step of one variable. */
public final class SoapRule extends FactoredRule {

  /** 0 at the first update, 1 at all others. */
  private static final Schedule BEGUN =
      (tf, step) -> tf.dtypes.cast(tf.math.minimum(step, tf.constant(1L)), TFloat64.class);

  private final Soap options;
  private final Shape folded;

  /** The axes that are turned. */
  private final List<Integer> turned;

  /** The rule of a variable of this shape and number. */
  public SoapRule(Soap options, Shape shape, int number) {
    super(
        options.refreshes(),
        number,
        "basis",
        turned(options, shape).stream()
            .map(axis -> Axes.of(shape, options.folding()).get(axis))
            .toList(),
        List.of("moment1", "moment2"));
    this.options = options;
    folded = Axes.of(shape, options.folding());
    turned = turned(options, shape);
  }

  private static List<Integer> turned(Soap options, Shape shape) {
    Shape folded = Axes.of(shape, options.folding());
    return IntStream.range(0, shape.numDimensions() < 2 ? 0 : folded.numDimensions())
        .filter(axis -> folded.get(axis) <= options.longestAxis())
        .boxed()
        .toList();
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Shape shape = context.weight().shape();
    List<Operand<T>> bases = derived(context);
    Operand<T> begun = context.scalars().atUpdate(BEGUN);
    Operand<T> gradient = Axes.reshaped(tf, context.direction(), folded);
    Operand<T> counted = tf.math.mul(gradient, begun);
    Operand<T> square = tf.math.square(turned(tf, counted, bases, false));
    Operand<T> old1 = Axes.reshaped(tf, average(context, "moment1"), folded);
    Operand<T> old2 = Axes.reshaped(tf, average(context, "moment2"), folded);
    Operand<T> moment1 = Moments.average(tf, context, old1, counted, options.beta1());
    Operand<T> moment2 = Moments.average(tf, context, old2, square, options.beta2());
    Operand<T> divisor = tf.math.add(tf.math.sqrt(moment2), context.constant(options.epsilon()));
    Operand<T> step = tf.math.div(turned(tf, moment1, bases, false), divisor);
    Operand<T> root = tf.math.sqrt(Moments.biasCorrection(context, options.beta2(), 0));
    Operand<T> correction = tf.math.div(root, Moments.biasCorrection(context, options.beta1(), 0));
    Operand<T> rate = tf.math.mul(context.learningRate(), correction);
    Operand<T> change = tf.math.mul(turned(tf, step, bases, true), rate);
    Operand<T> weight = tf.math.sub(context.weight(), Axes.reshaped(tf, change, shape));
    if (context.weightDecay().isPresent()) {
      Operand<T> decay = tf.math.mul(context.weightDecay().get(), context.learningRate());
      weight = tf.math.sub(weight, tf.math.mul(weight, tf.math.mul(decay, begun)));
    }
    List<Operand<T>> slots = new ArrayList<>();
    if (!turned.isEmpty()) {
      List<Operand<T>> grams = Axes.grams(tf, gradient);
      for (int axis : turned) {
        Operand<T> old = context.slot(slots.size());
        slots.add(Moments.average(tf, context, old, grams.get(axis), options.factorBeta()));
      }
      List<Operand<T>> after = after(tf, context, moment2, List.copyOf(slots));
      slots.addAll(after.subList(1, after.size()));
      moment2 = after.get(0);
    }
    slots.add(Axes.reshaped(tf, moment1, shape));
    slots.add(Axes.reshaped(tf, moment2, shape));
    return new Result<>(weight, slots);
  }

  /** The second moments and the bases after the step. */
  private <T extends TNumber> List<Operand<T>> after(
      Ops tf, Context<T> context, Operand<T> moment2, List<Operand<T>> factors) {
    Operand<TBool> first = tf.math.equal(context.scalars().updatesDone(), tf.constant(0L));
    Operand<TBool> inTime = options.refreshes().due(tf, counted(tf, context, 0));
    Operand<TBool> due = tf.math.logicalAnd(inTime, tf.math.logicalNot(first));
    List<Operand<T>> state = new ArrayList<>(List.of(moment2));
    state.addAll(renewed(tf, first, derived(context), factors, this::eigenvectors));
    return renewed(tf, due, state, factors, this::stepped);
  }

  /** The eigenvectors of the factors behind the bases, those of the largest eigenvalues first. */
  private <T extends TNumber> List<Operand<T>> eigenvectors(Ops tf, List<Operand<T>> values) {
    return values.stream()
        .skip(turned.size())
        .<Operand<T>>map(f -> tf.reverse(Eigendecomposition.of(tf, f).basis(), tf.array(1)))
        .toList();
  }

  /** Second moments and bases after a power step, from these and the factors. */
  private <T extends TNumber> List<Operand<T>> stepped(Ops tf, List<Operand<T>> values) {
    List<Operand<T>> result = new ArrayList<>();
    List<Operand<TInt32>> orders = new ArrayList<>();
    for (int i = 1; i <= turned.size(); i++) {
      PowerStep<T> step = PowerStep.of(tf, values.get(i + turned.size()), values.get(i));
      orders.add(step.order());
      result.add(step.basis());
    }
    result.add(
        0,
        Axes.walked(
            tf,
            values.get(0),
            (axis, rows) ->
                turned.contains(axis)
                    ? tf.gather(rows, orders.get(turned.indexOf(axis)), tf.constant(0))
                    : rows));
    return result;
  }

  private <T extends TNumber> Operand<T> turned(
      Ops tf, Operand<T> tensor, List<Operand<T>> bases, boolean back) {
    List<Optional<Operand<T>>> matrices =
        IntStream.range(0, folded.numDimensions())
            .mapToObj(turned::indexOf)
            .map(place -> place < 0 ? Optional.<Operand<T>>empty() : Optional.of(bases.get(place)))
            .toList();
    return turned.isEmpty() ? tensor : Axes.multiplied(tf, tensor, matrices, back);
  }
}
