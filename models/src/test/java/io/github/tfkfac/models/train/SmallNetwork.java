package io.github.tfkfac.models.train;

import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Dropout;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Pooling;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** Two convolutions with BatchNorm, dropout, and a dense layer. */
record SmallNetwork(double dropout) implements Architecture {

  @Override
  public String name() {
    return "small";
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Operand<T> first = rectified(context, "1", images, new Convolution(4, 3));
    Operand<T> second = rectified(context, "2", first, new Convolution(6, 3).withStride(2));
    Operand<T> kept = new Dropout(dropout).apply(context.in("dropout"), second);
    return new Dense(classes)
        .apply(context.in("linear"), Pooling.globalAverage(context.tf(), kept));
  }

  private static <T extends TNumber> Operand<T> rectified(
      LayerContext<T> context, String name, Operand<T> input, Convolution convolution) {
    Operand<T> output = convolution.apply(context.in("conv" + name), input);
    return context.tf().nn.relu(new BatchNorm().apply(context.in("bn" + name), output));
  }
}
