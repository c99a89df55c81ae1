package io.github.tfkfac.extension;

import io.github.tfkfac.internal.optimizer.AverageShares;
import io.github.tfkfac.internal.optimizer.Pool;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Batch of the current step as one layer sees it; nothing is built that is not asked for. */
public abstract class LayerBatch<T extends TNumber> {

  private final CapturedLayer<T> layer;
  private final Optional<AverageShares<T>> shares;

  /**
   * A batch, made by the library only.
   *
   * @param shares of its values in moving averages, if statistics are updated
   */
  @SuppressWarnings("exports") // called by the library only
  protected LayerBatch(CapturedLayer<T> layer, Optional<AverageShares<T>> shares) {
    this.layer = layer;
    this.shares = shares;
  }

  /**
   * Second moments of inputs and output gradients in the shapes that are kept of them: of all uses
   * of the weight together, or of one use after the other in the order of the forward pass.
   */
  public abstract List<SecondMoments<T>> moments(Ops tf);

  /**
   * Inputs and output gradients of the examples that count.
   *
   * @throws IllegalStateException if several micro-batches make a step, or several workers train
   */
  public abstract FisherTap<T> tap(Ops tf);

  /** Inputs and output gradients of this worker's examples. */
  @SuppressWarnings("exports") // called by the library only
  public FisherTap<T> part(Ops tf) {
    return tap(tf);
  }

  /** Makes values of the batch from those of this worker's part. */
  @SuppressWarnings("exports") // called by the library only
  public Pool<T> pool(Ops tf) {
    return new Pool.Whole<>();
  }

  /** The examples that count, if not all do and they are known one by one. */
  public Optional<Operand<TBool>> mask(Ops tf) {
    return Optional.empty();
  }

  /**
   * The loss's gradient for the weight matrix, after clipping, in the layer's {@link
   * CapturedLayer#matrixShape}.
   */
  public abstract Operand<T> gradient(Ops tf);

  /**
   * A scalar: whether any example of the layer counts; empty if all do. Where it is false, the
   * other values have no meaning.
   */
  public abstract Optional<Operand<TBool>> anyExample(Ops tf);

  /**
   * Share of a new value in a moving average, {@code 1 − decay}, a scalar.
   *
   * @throws IllegalStateException in a refresh, which is no update of statistics
   */
  public final Operand<T> newShare() {
    return shares().of(layer);
  }

  /**
   * Share in a moving average that counts its updates itself.
   *
   * @param update number of the update, 1 for the first
   */
  public final Operand<T> newShare(Ops tf, Operand<TInt64> update) {
    return shares().share(tf, update);
  }

  /** The shares of the first update from this batch, the second, ... */
  public final List<Operand<T>> newShares(int updates) {
    return shares().of(layer, updates);
  }

  private AverageShares<T> shares() {
    return shares.orElseThrow(
        () ->
            new IllegalStateException(
                "expected the share of a moving average in an update of statistics, found a refresh"
                    + " of layer '"
                    + layer.site().name()
                    + "'; average in CurvatureBlock.update"));
  }
}
