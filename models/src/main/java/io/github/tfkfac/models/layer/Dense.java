package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * A dense layer: {@code y = x W + b}.
 *
 * <p><i>Shapes</i>: x {@code [N, in]} or {@code [N, H, W, C]}, which is flattened; y {@code [N,
 * units]}; parameters {@code kernel [in, units]} and {@code bias [units]}.
 *
 * @param units number of outputs
 * @param bias whether a bias is added
 * @param initializer initial kernel
 */
public record Dense(int units, Bias bias, Initializer initializer) implements Layer {

  public Dense {
    Checks.positive("units of a dense layer", units);
  }

  /** With a bias that is initially zero, and a kernel uniform in {@code ±1 / sqrt(fanIn)}. */
  public Dense(int units) {
    this(units, Bias.ZERO_AT_START, Initializer.fanInUniform());
  }

  /** The same with or without a bias. */
  public Dense withBias(Bias newBias) {
    return new Dense(units, newBias, initializer);
  }

  /** The same with another initial kernel. */
  public Dense withInitializer(Initializer newInitializer) {
    return new Dense(units, bias, newInitializer);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    Shape shape = Checks.shape(context, input, 2, 4);
    Axes axes =
        shape.numDimensions() == 2
            ? new Axes.Dense()
            : new Axes.FlattenedDense(shape.get(1), shape.get(2), shape.get(3));
    Operand<T> rows = Flatten.flatten(context.tf(), input);
    Operand<T> kernel =
        context.trainable("kernel", Shape.of(rows.shape().get(1), units), axes, initializer);
    return bias.apply(context, context.tf().linalg.matMul(rows, kernel), units);
  }
}
