package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Recognizes a weight {@code [height, width, outputs, inputs]} as the kernel of a transposed
 * convolution, a dense layer from every input position to the window that it is added to.
 */
final class TransposedConvolutionMatch {

  private static final int KERNEL = 1;
  private static final int INPUT = 2;
  private static final List<Integer> CHANNELS_LAST = List.of(1, 2, 3);

  private TransposedConvolutionMatch() {}

  static LayerMatch of(GraphOperation convolution, WeightOperand kernel, ExampleInputs inputs) {
    String what = LayerMatch.describe(convolution);
    if (!convolution.input(KERNEL).equals(kernel.value())) {
      return new Other("input of " + what + ", not its kernel");
    }
    String format = convolution.attributes().getAttrString("data_format");
    String padding = convolution.attributes().getAttrString("padding");
    if (!format.equals("NHWC") || padding.equals("EXPLICIT")) {
      return new Other(
          what
              + " has data format "
              + format
              + " and padding "
              + padding
              + "; NHWC with SAME or VALID is captured");
    }
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    if (!Arrays.stream(dilations).allMatch(dilation -> dilation == 1)) {
      return new Other(what + " is dilated; a transposed convolution without dilation is captured");
    }
    Output<?> input = convolution.input(INPUT);
    Traced traced = inputs.axes(input, convolution, List.of(0));
    if (traced.axes().isEmpty()) {
      return new Other(traced.reason());
    }
    Axes axes = kernel.axes();
    long[] strides = convolution.attributes().getAttrIntList("strides");
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(
            Math.toIntExact(axes.size(0)),
            Math.toIntExact(axes.size(1)),
            Math.toIntExact(axes.size(2)),
            1,
            Math.toIntExact(strides[1]),
            Math.toIntExact(strides[2]),
            ConvolutionGeometry.Padding.valueOf(padding));
    Axes images = Axes.of(input.shape()).with(0, traced.axes().get().get(0));
    Axes outputs = Axes.of(images(convolution, input)).with(0, images.get(0));
    Optional<UseViews> in = UseViews.of(images, List.of(0), CHANNELS_LAST, Features.APART);
    Optional<UseViews> out = UseViews.of(outputs, List.of(0), CHANNELS_LAST, Features.APART);
    if (in.isEmpty() || out.isEmpty()) {
      return new Other(what + " works on several dimensions of unknown length");
    }
    List<ViewStep> ofOutput = new ArrayList<>(out.get().steps());
    ofOutput.add(new ViewStep.Windows(geometry));
    List<Part> windows = new ArrayList<>();
    axes.dimensions().subList(0, 3).forEach(windows::addAll);
    LayerUse use =
        new LayerUse(input, convolution.output(0), in.get().steps(), ofOutput, in.get().rows());
    return DenseParts.of(convolution, kernel, axes.get(3), windows, use);
  }

  /** The output's shape, whose batch is that of the input. */
  private static Shape images(GraphOperation convolution, Output<?> input) {
    Shape shape = convolution.output(0).shape();
    long[] sizes = shape.isUnknown() ? new long[] {-1, -1, -1, -1} : shape.asArray();
    sizes[0] = input.shape().get(0);
    return Shape.of(sizes);
  }
}
