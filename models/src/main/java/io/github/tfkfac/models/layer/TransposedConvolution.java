package io.github.tfkfac.models.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A transposed convolution with a bias whose stride is the size of its kernel: each pixel becomes a
 * square of {@code size} by {@code size} pixels, {@code y[size i + a, size j + b] = W[a, b] x[i, j]
 * + bias}.
 *
 * <p><i>Shapes</i>: input {@code [N, H, W, in]}, output {@code [N, size H, size W, filters]};
 * parameters {@code kernel [size, size, filters, in]} and {@code bias [filters]}, initially zero.
 *
 * @param filters output channels
 * @param size height and width of the kernel
 * @param initializer initial kernel
 */
public record TransposedConvolution(int filters, int size, Initializer initializer)
    implements Layer {

  public TransposedConvolution {
    Checks.positive("filters of a transposed convolution", filters);
    Checks.positive("kernel size of a transposed convolution", size);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    Ops tf = context.tf();
    long channels = Checks.shape(context, input, 4).get(3);
    Operand<T> kernel =
        context.trainable(
            "kernel",
            Shape.of(size, size, filters, channels),
            new Axes.TransposedConvolution(),
            initializer);
    Operand<T> output =
        tf.nn.conv2dBackpropInput(
            outputShape(tf, input), kernel, input, Window.spatial(size), "VALID");
    return Bias.ZERO_AT_START.apply(context, output, filters);
  }

  private <T extends TNumber> Operand<TInt32> outputShape(Ops tf, Operand<T> input) {
    Operand<TInt32> batchAndPlane =
        tf.slice(tf.shape(input), tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    return tf.concat(
        List.of(
            tf.math.mul(batchAndPlane, tf.constant(new int[] {1, size, size})),
            tf.constant(new int[] {filters})),
        tf.constant(0));
  }
}
