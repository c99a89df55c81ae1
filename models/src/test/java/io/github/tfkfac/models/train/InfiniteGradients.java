package io.github.tfkfac.models.train;

import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.arch.Mlp;
import io.github.tfkfac.models.layer.Axes;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/** A network with finite losses whose gradient is infinite: a square root at zero. */
record InfiniteGradients() implements Architecture {

  @Override
  public String name() {
    return "infinite";
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Operand<T> zero =
        context.trainable("zero", Shape.of(classes), new Axes.PerChannel(), Initializer.zeros());
    return context
        .tf()
        .math
        .add(new Mlp().logits(context, images, classes), context.tf().math.sqrt(zero));
  }
}
