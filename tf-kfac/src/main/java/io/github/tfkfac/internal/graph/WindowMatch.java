package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Recognizes a weight as the kernel of a convolution that is a dense layer over windows: of a
 * three-dimensional one, from the windows of its input, of a transposed one, to the windows that
 * its output is made of.
 */
final class WindowMatch {

  private static final int KERNEL = 1;

  private final GraphOperation convolution;
  private final WeightOperand kernel;
  private final String what;
  private final boolean transposed;
  private final boolean isVolume;
  private final int channels;

  private WindowMatch(GraphOperation convolution, WeightOperand kernel) {
    this.convolution = convolution;
    this.kernel = kernel;
    this.what = LayerMatch.describe(convolution);
    this.transposed = !convolution.type().equals("Conv3D");
    this.isVolume = !convolution.type().equals("Conv2DBackpropInput");
    this.channels = isVolume ? 4 : 3;
  }

  static LayerMatch of(GraphOperation convolution, WeightOperand kernel, AxisTracker inputs) {
    return new WindowMatch(convolution, kernel).match(inputs);
  }

  private LayerMatch match(AxisTracker inputs) {
    if (!convolution.input(KERNEL).equals(kernel.value())) {
      return new Other("input of " + what + ", not its kernel");
    }
    Output<?> input = convolution.input(transposed ? 2 : 0);
    Optional<String> obstacle = formObstacle().or(() -> obstacle(input));
    return obstacle.isPresent()
        ? new Other(obstacle.get())
        : inputs.axes(input, convolution, List.of(0)).match(axes -> layer(input, axes.get(0)));
  }

  private Optional<String> formObstacle() {
    String format = convolution.attributes().getAttrString("data_format");
    String padding = convolution.attributes().getAttrString("padding");
    if (isVolume && !format.equals("NDHWC")) {
      return Optional.of(what + " has data format " + format + "; NDHWC is captured");
    }
    if (!isVolume && (!format.equals("NHWC") || padding.equals("EXPLICIT"))) {
      return Optional.of(
          "%s has data format %s and padding %s; NHWC with SAME or VALID is captured"
              .formatted(what, format, padding));
    }
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    return Arrays.stream(dilations).allMatch(dilation -> dilation == 1)
        ? Optional.empty()
        : Optional.of(
            what
                + (isVolume
                    ? " is dilated; three dimensions without dilation are captured"
                    : " is dilated; a transposed convolution without dilation is captured"));
  }

  private Optional<String> obstacle(Output<?> input) {
    if (!isVolume) {
      return Optional.empty();
    }
    if (input.shape().isUnknown()) {
      return Optional.of("the input of " + what + " has an unknown rank");
    }
    long found = input.shape().get(channels);
    return found == kernel.axes().size(transposed ? channels : channels - 1)
        ? Optional.empty()
        : Optional.of(
            what
                + (found == Axes.UNKNOWN
                    ? " has an input of an unknown number of channels"
                    : " is grouped; three dimensions without groups are captured"));
  }

  private LayerMatch layer(Output<?> input, List<Part> examples) {
    Optional<UseViews> in = view(input.shape(), examples);
    Optional<UseViews> out = view(outputShape(input.shape().get(0)), examples);
    List<Part> window = new ArrayList<>();
    kernel.axes().dimensions().subList(0, channels).forEach(window::addAll);
    List<Part> others = kernel.axes().get(channels);
    return UseViews.use(input, convolution.output(0), in, out)
        .map(
            use -> {
              if (!transposed) {
                LayerUse ofWindows = use.then(windows(), List.of(), Axes.product(others));
                return DenseMatch.ofParts(convolution, kernel, window, others, ofWindows);
              }
              LayerUse toWindows =
                  withRows(use, in.orElseThrow().rows())
                      .then(List.of(), windows(), Axes.product(window));
              return DenseMatch.ofParts(convolution, kernel, others, window, toWindows);
            })
        .orElseGet(() -> LayerMatch.ofUnknownLengths(convolution));
  }

  private static LayerUse withRows(LayerUse use, Shape rows) {
    return new LayerUse(use.input(), use.output(), use.inputView(), use.outputView(), rows);
  }

  private Optional<UseViews> view(Shape shape, List<Part> examples) {
    List<Integer> image = IntStream.rangeClosed(1, channels).boxed().toList();
    return UseViews.of(Axes.of(shape).with(0, examples), List.of(0), image, Features.APART);
  }

  /** The output's shape, whose batch is that of the input. */
  private Shape outputShape(long batch) {
    Shape shape = convolution.output(0).shape();
    long[] sizes =
        shape.isUnknown()
            ? LongStream.generate(() -> -1).limit(channels + 1).toArray()
            : shape.asArray();
    sizes[0] = batch;
    if (isVolume) {
      sizes[channels] = kernel.axes().size(transposed ? channels - 1 : channels);
    }
    return Shape.of(sizes);
  }

  private List<ViewStep> windows() {
    long[] strides = convolution.attributes().getAttrIntList("strides");
    Padding padding = Padding.valueOf(convolution.attributes().getAttrString("padding"));
    Axes axes = kernel.axes();
    return isVolume
        ? List.of(
            new ViewStep.Volumes(
                List.of(axes.size(0), axes.size(1), axes.size(2)),
                List.of(strides[1], strides[2], strides[3]),
                padding))
        : List.of(
            new ViewStep.Windows(
                new ConvolutionGeometry(
                    Math.toIntExact(axes.size(0)),
                    Math.toIntExact(axes.size(1)),
                    Math.toIntExact(axes.size(2)),
                    1,
                    Math.toIntExact(strides[1]),
                    Math.toIntExact(strides[2]),
                    padding)));
  }
}
