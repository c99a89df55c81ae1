package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.family.TNumber;

/** Normalization by one fused operation, which exists for float32 but not for float64. */
record FusedNormalization<T extends TNumber>(
    LayerContext<T> context, Operand<T> gamma, Operand<T> beta, float epsilon)
    implements Normalization<T> {

  @Override
  public Operand<T> byMoments(Operand<T> images, Operand<T> mean, Operand<T> variance) {
    return fused(images, mean, variance, FusedBatchNorm.isTraining(false)).y();
  }

  @Override
  public Batch<T> byBatch(Operand<T> images) {
    Operand<T> none = context.tf().dtypes.cast(context.tf().constant(new float[0]), context.type());
    FusedBatchNorm<T, T> batch = fused(images, none, none, FusedBatchNorm.isTraining(true));
    return new Batch<>(batch.y(), batch.batchMean(), batch.batchVariance());
  }

  private FusedBatchNorm<T, T> fused(
      Operand<T> images, Operand<T> mean, Operand<T> variance, FusedBatchNorm.Options mode) {
    return context
        .tf()
        .nn
        .fusedBatchNorm(images, gamma, beta, mean, variance, FusedBatchNorm.epsilon(epsilon), mode);
  }
}
