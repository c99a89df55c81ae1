package io.github.tfkfac.models.train;

import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * One pass of a classifier over a batch.
 *
 * <p><i>Shapes</i>: logits {@code [N, classes]}, the others {@code []}. <i>Scale</i>: the loss is
 * the mean over the batch, {@code correct} a count.
 *
 * @param logits what the network says
 * @param loss to be minimized
 * @param lossValue the loss as float64, for reports
 * @param correct images whose largest logit is that of their class
 */
public record Pass<T extends TNumber>(
    Operand<T> logits, Operand<T> loss, Operand<TFloat64> lossValue, Operand<TInt64> correct) {

  static <T extends TNumber> Pass<T> build(
      ClassifierSpec<T> spec, LayerContext<T> context, Operand<T> images, Operand<T> labels) {
    Ops tf = context.tf();
    Operand<T> logits = spec.architecture().logits(context, images, spec.classes());
    Operand<T> loss = spec.loss().loss(tf, logits, labels);
    return new Pass<>(
        logits,
        loss,
        tf.dtypes.cast(loss, TFloat64.class),
        Labels.correctCount(tf, logits, labels));
  }
}
