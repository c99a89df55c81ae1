package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.AverageDecay;
import io.github.tfkfac.CoarseCorrection;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.internal.state.StateStore;
import io.github.tfkfac.internal.twolevel.CoarseStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/** The coarse level of two-level K-FAC: its moving averages, its inverse and its correction. */
final class CoarseLevel<T extends TNumber> {

  private final CoarseCorrection correction;
  private final Damping damping;
  private final Counters counters;
  private final List<CapturedLayer<T>> layers;
  private final List<Integer> covered;
  private final Class<T> type;
  private final GraphVariable<T> inputProducts;
  private final GraphVariable<T> gradientProducts;
  private final GraphVariable<T> inverse;

  CoarseLevel(
      CoarseCorrection correction,
      KfacOptions options,
      StateStore store,
      Counters counters,
      List<CapturedLayer<T>> layers,
      Class<T> type) {
    this.correction = correction;
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
    Function<Ops, Operand<T>> zeros = tf -> tf.fill(tf.constant(shape), tf.constant(type, 0));
    this.inputProducts = store.create("coarse/input_products", type, shape, zeros);
    this.gradientProducts = store.create("coarse/gradient_products", type, shape, zeros);
    this.inverse = store.create("coarse/inverse", type, shape, zeros);
  }

  /** Updates the averages from a batch that is {@code usable}. */
  List<Op> update(Ops tf, AverageShares<T> shares, Operand<TBool> usable, Observed<T> observed) {
    CoarseStatistics<T> part =
        CoarseStatistics.of(
            tf,
            covered.stream()
                .map(i -> observed.of(layers.get(i), Optional.empty()).part(tf))
                .toList());
    LayerBatch<T> first = observed.of(layers.get(covered.get(0)), Optional.of(shares));
    Pool<T> pool = first.pool(tf);
    Accepted accepted =
        Accepted.of(
            tf,
            usable,
            first.anyExample(tf),
            List.of(
                averaged(
                    tf, inputProducts, pool.inputs(tf, part.inputProducts()), first.newShare()),
                averaged(
                    tf,
                    gradientProducts,
                    pool.gradients(tf, part.gradientProducts()),
                    first.newShare())));
    List<Op> effects = new ArrayList<>(accepted.effects());
    effects.add(
        Counters.add(
            tf, counters.rejectedStatistics, Counters.countFalse(tf, List.of(accepted.sound()))));
    return effects;
  }

  private NewValue<T> averaged(
      Ops tf, GraphVariable<T> average, Operand<T> ofBatch, Operand<T> newShare) {
    return new NewValue<>(average, AverageDecay.update(tf, average.read(tf), ofBatch, newShare));
  }

  /** Recomputation of the inverse together with those of the factors. */
  RefreshWork<T> work() {
    return RefreshWork.of(
        Math.pow(covered.size(), 3),
        (tf, context) -> {
          CoarseStatistics<T> averages =
              new CoarseStatistics<>(inputProducts.read(tf), gradientProducts.read(tf));
          Operand<T> lambda = tf.dtypes.cast(damping.strength().at(tf, context.step()), type);
          return List.of(
              new NewValue<>(
                  inverse, correction.inverse(tf, averages.fisher(tf), entries(), lambda)));
        });
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
}
