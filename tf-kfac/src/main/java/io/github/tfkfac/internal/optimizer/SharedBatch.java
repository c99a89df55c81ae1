package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.worker.Packed;
import io.github.tfkfac.internal.worker.Triangle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Batch of which every worker has a part: moments are summed over all workers before anything is
 * divided by them or normalized. Where a layer has one keeper only that one gets its sums.
 */
final class SharedBatch<T extends TNumber> implements Observed<T> {

  private final Observed<T> own;
  private final LayerKeepers keepers;
  private final List<CurvatureBlock<T>> blocks;
  private final Class<T> type;
  private final Map<Integer, Operand<TBool>> anyExample = new HashMap<>();
  private final Map<Integer, Pool<T>> pools = new HashMap<>();

  /**
   * A batch.
   *
   * @param own this worker's part, with the gradients of the whole
   * @param keepers who needs the moments of a layer
   */
  SharedBatch(
      Observed<T> own, LayerKeepers keepers, List<CurvatureBlock<T>> blocks, Class<T> type) {
    this.own = own;
    this.keepers = keepers;
    this.blocks = blocks;
    this.type = type;
  }

  @Override
  public Observed<T> behind(Ops tf, Supplier<Operand<TBool>> predicate) {
    return new SharedBatch<>(own.behind(tf, predicate), keepers, blocks, type);
  }

  @Override
  public LayerBatch<T> of(CapturedLayer<T> layer, Optional<AverageShares<T>> shares) {
    return new OfLayer(layer, own.of(layer, shares), shares);
  }

  /** The batch as one layer sees it. */
  private final class OfLayer extends LayerBatch<T> {

    private final CapturedLayer<T> layer;
    private final LayerBatch<T> part;

    OfLayer(CapturedLayer<T> layer, LayerBatch<T> part, Optional<AverageShares<T>> shares) {
      super(layer, shares);
      this.layer = layer;
      this.part = part;
    }

    @Override
    public List<SecondMoments<T>> moments(Ops tf) {
      Optional<Operand<TBool>> any = part.anyExample(tf);
      return part.moments(tf).stream().map(moments -> summed(tf, moments, any)).toList();
    }

    /** In one exchange, with the gradients as those of the mean of all workers' losses. */
    private SecondMoments<T> summed(
        Ops tf, SecondMoments<T> moments, Optional<Operand<TBool>> any) {
      SecondMoments<T> shared =
          MomentShare.of(tf, layer.site(), moments, 1.0 / keepers.workers().count());
      List<Operand<T>> inputs = sent(tf, shared.inputSum());
      List<Operand<T>> gradients = sent(tf, shared.gradientSum());
      List<Operand<T>> values = new ArrayList<>(inputs);
      values.addAll(gradients);
      values.addAll(List.of(shared.rows(), shared.examples()));
      List<Operand<T>> sums =
          Packed.of(tf, values)
              .apply(
                  tf,
                  packed ->
                      keepers.sum(
                          tf,
                          layer.index(),
                          any.<Operand<T>>map(some -> tf.select(some, packed, tf.zerosLike(packed)))
                              .orElse(packed)));
      int second = inputs.size();
      int last = second + gradients.size();
      return new SecondMoments<>(
          received(tf, shared.inputSum().shape(), sums.subList(0, second)),
          received(tf, shared.gradientSum().shape(), sums.subList(second, last)),
          sums.get(last),
          sums.get(last + 1));
    }

    /** Half of a large symmetric matrix, everything else whole. */
    private List<Operand<T>> sent(Ops tf, Operand<T> moments) {
      return Triangle.fits(moments.shape())
          ? Triangle.of(moments.shape()).pack(tf, moments)
          : List.of(moments);
    }

    private Operand<T> received(Ops tf, Shape shape, List<Operand<T>> sums) {
      return Triangle.fits(shape) ? Triangle.of(shape).unpack(tf, sums) : sums.get(0);
    }

    @Override
    public FisherTap<T> tap(Ops tf) {
      throw new IllegalStateException(
          "expected a curvature block that is made of moments and gradients with %d workers, found that %s of layer '%s' asks for the flows of a batch, of which each worker has a part; use LayerBatch.moments, or train with one worker"
              .formatted(
                  keepers.workers().count(),
                  blocks.get(layer.index()).getClass().getSimpleName(),
                  layer.site().name()));
    }

    @Override
    public FisherTap<T> part(Ops tf) {
      return part.part(tf);
    }

    @Override
    public Pool<T> pool(Ops tf) {
      return pools.computeIfAbsent(
          layer.index(),
          index -> SharedPool.of(tf, keepers.workers(), layer.site(), part.mask(tf)));
    }

    @Override
    public Operand<T> gradient(Ops tf) {
      return part.gradient(tf);
    }

    @Override
    public Optional<Operand<TBool>> anyExample(Ops tf) {
      return part.anyExample(tf)
          .map(
              any ->
                  anyExample.computeIfAbsent(
                      layer.index(),
                      index -> {
                        Operand<T> some = keepers.workers().sum(tf, tf.dtypes.cast(any, type));
                        return tf.math.greater(some, tf.constantOfSameType(some, 0));
                      }));
    }
  }
}
