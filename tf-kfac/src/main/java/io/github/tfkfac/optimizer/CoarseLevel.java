package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.factor.AverageDecay;
import io.github.tfkfac.factor.MovingAverage;
import io.github.tfkfac.linalg.FiniteGuard;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.StateStore;
import io.github.tfkfac.twolevel.CoarseCorrection;
import io.github.tfkfac.twolevel.CoarseStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The coarse level of two-level K-FAC: its moving averages, its inverse and its correction. */
final class CoarseLevel<T extends TNumber> {

  private final CoarseCorrection correction;
  private final AverageDecay decay;
  private final Damping damping;
  private final Counters counters;
  private final List<LayerState<T>> layers;
  private final List<Integer> covered;
  private final Class<T> type;
  private final GraphVariable<T> inputProducts;
  private final GraphVariable<T> gradientProducts;
  private final GraphVariable<T> inverse;

  CoarseLevel(
      CoarseCorrection correction,
      CurvatureOptions options,
      StateStore store,
      Counters counters,
      List<LayerState<T>> layers,
      Class<T> type) {
    this.correction = correction;
    this.decay = options.factors().decay();
    this.damping = options.approximation().damping();
    this.counters = counters;
    this.layers = layers;
    this.covered =
        IntStream.range(0, layers.size())
            .filter(i -> CoarseStatistics.covers(layers.get(i).site()))
            .boxed()
            .toList();
    this.type = type;
    Shape shape = Shape.of(covered.size(), covered.size());
    Function<Ops, Operand<T>> zeros = tf -> tf.zeros(tf.constant(shape), type);
    this.inputProducts = store.create("coarse/input_products", type, shape, zeros);
    this.gradientProducts = store.create("coarse/gradient_products", type, shape, zeros);
    this.inverse = store.create("coarse/inverse", type, shape, zeros);
  }

  /**
   * Updates the averages from a batch that is {@code usable}.
   *
   * @param batches number of the batch, 1 for the first
   */
  List<Op> update(
      Ops tf,
      Operand<TInt64> step,
      Operand<TInt64> batches,
      Operand<TBool> usable,
      Observed<T> observed) {
    CoarseStatistics<T> batch =
        CoarseStatistics.of(tf, covered.stream().map(layer -> observed.tap(tf, layer)).toList());
    Operand<TInt64> number =
        layers.get(covered.get(0)).mask().map(mask -> mask.nextUpdate(tf)).orElse(batches);
    Operand<T> newShare =
        tf.dtypes.cast(tf.math.sub(tf.constant(1.0), decay.at(tf, step, number)), type);
    CoarseStatistics<T> updated =
        new CoarseStatistics<>(
            MovingAverage.update(tf, inputProducts.read(tf), batch.inputProducts(), newShare),
            MovingAverage.update(
                tf, gradientProducts.read(tf), batch.gradientProducts(), newShare));
    Candidate candidate =
        Candidate.of(
            tf,
            usable,
            observed.anyExample(tf, covered.get(0)),
            List.of(updated.inputProducts(), updated.gradientProducts()));
    List<Op> effects = new ArrayList<>();
    effects.add(assign(tf, inputProducts, updated.inputProducts(), candidate.accepted()));
    effects.add(assign(tf, gradientProducts, updated.gradientProducts(), candidate.accepted()));
    effects.add(
        Counters.add(
            tf, counters.rejectedStatistics, Counters.countFalse(tf, List.of(candidate.sound()))));
    return effects;
  }

  /** Renews the inverse together with the factors' own. */
  RefreshUnit<T> unit() {
    return new Renewal();
  }

  private final class Renewal implements RefreshUnit<T> {

    @Override
    public double cost() {
      return Math.pow(covered.size(), 3);
    }

    @Override
    public List<Op> refresh(Ops tf, Context<T> context) {
      CoarseStatistics<T> averages =
          new CoarseStatistics<>(inputProducts.read(tf), gradientProducts.read(tf));
      Operand<T> lambda = tf.dtypes.cast(damping.strength().at(tf, context.step()), type);
      return Accepted.matrices(
              tf,
              correction.inverse(tf, averages.fisher(tf), entries(), lambda),
              inverse.read(tf),
              context.counters())
          .assign(value -> List.of(inverse.assign(tf, value)));
    }
  }

  /** Corrects the preconditioned gradients of all layers. */
  CoarseCorrection.Corrected<T> correct(
      Ops tf, List<Operand<T>> preconditioned, List<Operand<T>> gradients) {
    CoarseCorrection.Corrected<T> corrected =
        correction.apply(
            tf,
            inverse.read(tf),
            covered.stream().map(preconditioned::get).toList(),
            covered.stream().map(gradients::get).toList());
    List<Operand<T>> directions = new ArrayList<>(preconditioned);
    for (int i = 0; i < covered.size(); i++) {
      directions.set(covered.get(i), corrected.directions().get(i));
    }
    return new CoarseCorrection.Corrected<>(
        directions, corrected.coefficients(), corrected.share());
  }

  private long[] entries() {
    return covered.stream()
        .map(index -> layers.get(index).site())
        .mapToLong(site -> (long) site.blocks() * site.inputSize() * site.outputSize())
        .toArray();
  }

  private static <T extends TNumber> Op assign(
      Ops tf, GraphVariable<T> variable, Operand<T> value, Operand<TBool> accepted) {
    return variable.assign(tf, FiniteGuard.keepFinite(tf, accepted, value, variable.read(tf)));
  }
}
