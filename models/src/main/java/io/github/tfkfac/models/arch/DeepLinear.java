package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * A deep linear network: dense layers {@code dense0}, {@code dense1}, … with BatchNorms {@code
 * bn0}, {@code bn1}, … and no other non-linearity, and {@code linear} for the outputs. Only the
 * last layer has a bias, which BatchNorm would remove elsewhere. Source: the 64 layers of 10 units
 * of the experiment on planted targets of "Two-level K-FAC preconditioning for deep learning"
 * (Tselepidis et al., 2020, figure 1).
 *
 * <p><i>Shapes</i>: input {@code [N, inputs]} or images, which are flattened.
 *
 * @param layers hidden layers
 * @param width units of each hidden layer
 */
public record DeepLinear(int layers, int width) implements Architecture {

  public DeepLinear {
    if (layers <= 0 || width <= 0) {
      throw new IllegalArgumentException(
          "expected at least one hidden layer of at least one unit for a deep linear network, found "
              + layers
              + " of "
              + width);
    }
  }

  /** The published size: 64 layers of 10 units. */
  public static DeepLinear published() {
    return new DeepLinear(64, 10);
  }

  @Override
  public String name() {
    return "deep-linear" + layers;
  }

  /**
   * Adds one pass of the network with a single output, for a regression; see {@link
   * io.github.tfkfac.models.layer.MeanSquaredError}.
   *
   * <p><i>Shapes</i>: input {@code [N, inputs]}, output {@code [N, 1]}.
   */
  public <T extends TNumber> Operand<T> build(LayerContext<T> context, Operand<T> input) {
    return logits(context, input, 1);
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> input, int outputs) {
    Dense dense = new Dense(width).withBias(Bias.NONE).withInitializer(Initializer.glorotUniform());
    Operand<T> activation = input;
    for (int i = 0; i < layers; i++) {
      activation =
          new BatchNorm()
              .apply(context.in("bn" + i), dense.apply(context.in("dense" + i), activation));
    }
    return new Dense(outputs).apply(context.in("linear"), activation);
  }
}
