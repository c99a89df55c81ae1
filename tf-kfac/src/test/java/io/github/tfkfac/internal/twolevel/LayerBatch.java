package io.github.tfkfac.internal.twolevel;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.extension.WeightView;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

/**
 * A layer with a random batch: as a tap, and as rows by plain loops.
 *
 * @param input rows {@code [example][position][entry]}, the bias's 1 last
 * @param gradient rows of {@code N·∂L/∂s}
 */
@SuppressWarnings("ArrayRecordComponent")
record LayerBatch(
    FisherTap<TFloat64> tap, int height, int width, double[][][] input, double[][][] gradient) {

  static final int EXAMPLES = 3;

  static LayerBatch dense(TestGraph<TFloat64> graph, long seed, int inputs, int outputs) {
    double[] x = TestGraph.random(seed, (long) EXAMPLES * inputs);
    double[] g = TestGraph.random(seed + 1, (long) EXAMPLES * outputs);
    LayerSite<TFloat64> site =
        new LayerSite<>(
            weight(graph, seed, Shape.of(inputs, outputs)),
            Optional.of(weight(graph, seed + 1, Shape.of(outputs))),
            List.of(),
            new LayerKind.Dense(
                new WeightView(
                    List.of((long) inputs, (long) outputs), List.of(0, 1), inputs, outputs)));
    double[][][] rows = new double[EXAMPLES][1][inputs + 1];
    double[][][] gradients = new double[EXAMPLES][1][outputs];
    for (int n = 0; n < EXAMPLES; n++) {
      System.arraycopy(x, n * inputs, rows[n][0], 0, inputs);
      rows[n][0][inputs] = 1;
      for (int k = 0; k < outputs; k++) {
        gradients[n][0][k] = EXAMPLES * g[n * outputs + k];
      }
    }
    Operand<TFloat64> input = graph.constant(Shape.of(EXAMPLES, inputs), x);
    Operand<TFloat64> gradient = graph.constant(Shape.of(EXAMPLES, outputs), g);
    return new LayerBatch(tap(site, input, gradient), 1, 1, rows, gradients);
  }

  static LayerBatch convolution(
      TestGraph<TFloat64> graph,
      long seed,
      int height,
      int width,
      ConvolutionGeometry geometry,
      boolean bias) {
    int channels = geometry.inputChannels();
    int outputs = geometry.outputChannels();
    int outHeight = outputs(height, geometry.kernelHeight(), geometry.strideHeight(), geometry);
    int outWidth = outputs(width, geometry.kernelWidth(), geometry.strideWidth(), geometry);
    int positions = outHeight * outWidth;
    double[] x = TestGraph.random(seed, (long) EXAMPLES * height * width * channels);
    double[] g = TestGraph.random(seed + 1, (long) EXAMPLES * positions * outputs);
    LayerSite<TFloat64> site =
        new LayerSite<>(
            weight(
                graph,
                seed,
                Shape.of(geometry.kernelHeight(), geometry.kernelWidth(), channels, outputs)),
            bias ? Optional.of(weight(graph, seed + 1, Shape.of(outputs))) : Optional.empty(),
            List.of(),
            new LayerKind.Convolution(geometry));
    int top = before(height, outHeight, geometry.kernelHeight(), geometry.strideHeight(), geometry);
    int left = before(width, outWidth, geometry.kernelWidth(), geometry.strideWidth(), geometry);
    double[][][] rows = new double[EXAMPLES][positions][geometry.patchSize() + (bias ? 1 : 0)];
    double[][][] gradients = new double[EXAMPLES][positions][outputs];
    for (int n = 0; n < EXAMPLES; n++) {
      for (int t = 0; t < positions; t++) {
        int k = 0;
        for (int dy = 0; dy < geometry.kernelHeight(); dy++) {
          for (int dx = 0; dx < geometry.kernelWidth(); dx++) {
            int iy = t / outWidth * geometry.strideHeight() - top + dy;
            int ix = t % outWidth * geometry.strideWidth() - left + dx;
            boolean inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
            for (int c = 0; c < channels; c++) {
              rows[n][t][k++] = inside ? x[((n * height + iy) * width + ix) * channels + c] : 0;
            }
          }
        }
        if (bias) {
          rows[n][t][k] = 1;
        }
        for (int c = 0; c < outputs; c++) {
          gradients[n][t][c] = EXAMPLES * g[(n * positions + t) * outputs + c];
        }
      }
    }
    Operand<TFloat64> input = graph.constant(Shape.of(EXAMPLES, height, width, channels), x);
    Operand<TFloat64> gradient =
        graph.constant(Shape.of(EXAMPLES, outHeight, outWidth, outputs), g);
    return new LayerBatch(tap(site, input, gradient), outHeight, outWidth, rows, gradients);
  }

  /** The same layer with a second backward pass. */
  FisherTap<TFloat64> twice(TestGraph<TFloat64> graph, double factor) {
    Tap<TFloat64> first = tap.columns().get(0);
    Tap.Flow<TFloat64> flow = first.flows().get(0);
    Operand<TFloat64> scaled = graph.tf.math.mul(flow.outputGradient(), graph.tf.constant(factor));
    Tap<TFloat64> second = new Tap<>(first.site(), List.of(Tap.Flow.ofRows(flow.source(), scaled)));
    return new FisherTap<>(List.of(first, second));
  }

  private static FisherTap<TFloat64> tap(
      LayerSite<TFloat64> site, Operand<TFloat64> input, Operand<TFloat64> gradient) {
    return new FisherTap<>(List.of(new Tap<>(site, List.of(Tap.Flow.ofRows(input, gradient)))));
  }

  private static GraphVariable<TFloat64> weight(TestGraph<TFloat64> graph, long seed, Shape shape) {
    return graph.declare(
        Kind.RESOURCE,
        "w" + seed + "_" + shape.numDimensions(),
        shape,
        TestGraph.random(seed, shape.size()));
  }

  private static int outputs(int size, int kernel, int stride, ConvolutionGeometry geometry) {
    return geometry.padding() == Padding.SAME
        ? (size + stride - 1) / stride
        : (size - kernel) / stride + 1;
  }

  private static int before(
      int size, int outputs, int kernel, int stride, ConvolutionGeometry geometry) {
    return geometry.padding() == Padding.SAME
        ? Math.max((outputs - 1) * stride + kernel - size, 0) / 2
        : 0;
  }
}
