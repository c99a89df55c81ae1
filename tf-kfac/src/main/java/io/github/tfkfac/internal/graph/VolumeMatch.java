package io.github.tfkfac.internal.graph;

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
import java.util.stream.LongStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Recognizes a weight as the kernel of a three-dimensional convolution, a dense layer over its
 * windows, or of a transposed one, a dense layer to the windows that its output is made of.
 */
final class VolumeMatch {

  private static final int KERNEL = 1;
  private static final List<Integer> VOLUME = List.of(1, 2, 3, 4);

  private final GraphOperation convolution;
  private final WeightOperand kernel;
  private final String what;
  private final boolean transposed;

  private VolumeMatch(GraphOperation convolution, WeightOperand kernel) {
    this.convolution = convolution;
    this.kernel = kernel;
    this.what = LayerMatch.describe(convolution);
    this.transposed = convolution.type().equals("Conv3DBackpropInputV2");
  }

  static LayerMatch of(GraphOperation convolution, WeightOperand kernel, ExampleInputs inputs) {
    return new VolumeMatch(convolution, kernel).match(inputs);
  }

  private LayerMatch match(ExampleInputs inputs) {
    if (!convolution.input(KERNEL).equals(kernel.value())) {
      return new Other("input of " + what + ", not its kernel");
    }
    Output<?> input = convolution.input(transposed ? 2 : 0);
    Optional<String> obstacle = obstacle(input);
    if (obstacle.isPresent()) {
      return new Other(obstacle.get());
    }
    Traced traced = inputs.axes(input, convolution, List.of(0));
    if (traced.axes().isEmpty()) {
      return new Other(traced.reason());
    }
    List<Part> examples = traced.axes().get().get(0);
    Optional<UseViews> in = view(input.shape(), examples);
    Optional<UseViews> out = view(outputShape(input.shape().get(0)), examples);
    if (in.isEmpty() || out.isEmpty()) {
      return new Other(what + " works on several dimensions of unknown length");
    }
    List<Part> window = new ArrayList<>();
    kernel.axes().dimensions().subList(0, 4).forEach(window::addAll);
    List<Part> channels = kernel.axes().get(4);
    LayerUse use =
        new LayerUse(
            input,
            convolution.output(0),
            in.get().steps(),
            out.get().steps(),
            transposed ? in.get().rows() : out.get().rows());
    List<ViewStep> windows = List.of(windows());
    return transposed
        ? DenseParts.of(
            convolution, kernel, channels, window, use.then(List.of(), windows, channels(window)))
        : DenseParts.of(
            convolution,
            kernel,
            window,
            channels,
            use.then(windows, List.of(), channels(channels)));
  }

  private Optional<String> obstacle(Output<?> input) {
    String format = convolution.attributes().getAttrString("data_format");
    if (!format.equals("NDHWC")) {
      return Optional.of(what + " has data format " + format + "; NDHWC is captured");
    }
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    if (!Arrays.stream(dilations).allMatch(dilation -> dilation == 1)) {
      return Optional.of(what + " is dilated; three dimensions without dilation are captured");
    }
    if (input.shape().isUnknown()) {
      return Optional.of("the input of " + what + " has an unknown rank");
    }
    long read = kernel.axes().size(transposed ? 4 : 3);
    long channels = input.shape().get(4);
    return channels == read
        ? Optional.empty()
        : Optional.of(
            what
                + (channels == Axes.UNKNOWN
                    ? " has an input of an unknown number of channels"
                    : " is grouped; three dimensions without groups are captured"));
  }

  private static Optional<UseViews> view(Shape shape, List<Part> examples) {
    return UseViews.of(Axes.of(shape).with(0, examples), List.of(0), VOLUME, Features.APART);
  }

  /** The output's shape, whose batch is that of the input. */
  private Shape outputShape(long batch) {
    Shape shape = convolution.output(0).shape();
    long[] sizes = shape.isUnknown() ? new long[] {-1, -1, -1, -1, -1} : shape.asArray();
    sizes[0] = batch;
    sizes[4] = kernel.axes().size(transposed ? 3 : 4);
    return Shape.of(sizes);
  }

  private ViewStep windows() {
    long[] strides = convolution.attributes().getAttrIntList("strides");
    return new ViewStep.Volumes(
        LongStream.range(0, 3).mapToObj(i -> kernel.axes().size((int) i)).toList(),
        List.of(strides[1], strides[2], strides[3]),
        Padding.valueOf(convolution.attributes().getAttrString("padding")));
  }

  private static long channels(List<Part> parts) {
    return Axes.product(parts);
  }
}
