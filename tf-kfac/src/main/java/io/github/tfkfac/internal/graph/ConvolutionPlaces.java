package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Input and output of a convolution in a graph.
 *
 * @param input of rank 4, or of rank 3 where the operation has added a dimension of length 1
 * @param output likewise
 * @param image the order of height, width and channels among the dimensions of rank 4
 * @param added the dimension of rank 4 that input and output lack, if they do
 * @param dilations distances of the rows and of the columns of a window
 * @param border steps that add margins to the input before that
 */
record ConvolutionPlaces(
    Output<?> input,
    Output<?> output,
    List<Integer> image,
    Optional<Integer> added,
    List<Long> dilations,
    Padding padding,
    List<ViewStep> border) {

  private static final List<Integer> CHANNELS_LAST = List.of(1, 2, 3);
  private static final List<Integer> CHANNELS_FIRST = List.of(2, 3, 1);

  ConvolutionPlaces {
    image = List.copyOf(image);
    dilations = List.copyOf(dilations);
    border = List.copyOf(border);
  }

  /** The operation's own input and output; explicit paddings are margins of the input. */
  static ConvolutionPlaces of(GraphOperation convolution) {
    List<Integer> image = image(convolution);
    String padding = convolution.attributes().getAttrString("padding");
    List<ViewStep> border = new ArrayList<>();
    if (padding.equals("EXPLICIT")) {
      long[] given = convolution.attributes().getAttrIntList("explicit_paddings");
      int height = 2 * image.get(0);
      int width = 2 * image.get(1);
      border.add(
          new ViewStep.Margins(
              Math.toIntExact(given[height]),
              Math.toIntExact(given[height + 1]),
              Math.toIntExact(given[width]),
              Math.toIntExact(given[width + 1])));
    }
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    return new ConvolutionPlaces(
        convolution.input(0),
        convolution.output(0),
        image,
        Optional.empty(),
        List.of(dilations[image.get(0)], dilations[image.get(1)]),
        border.isEmpty() ? Padding.valueOf(padding) : Padding.VALID,
        border);
  }

  static List<Integer> image(GraphOperation convolution) {
    return convolution.attributes().getAttrString("data_format").equals("NHWC")
        ? CHANNELS_LAST
        : CHANNELS_FIRST;
  }

  /** The use of the kernel, if all lengths that are needed are known. */
  Optional<LayerUse> use(List<Part> examples) {
    return UseViews.use(input, output, view(input, examples), view(output, examples));
  }

  /** The view of input or output as {@code [examples, positions..., height, width, channels]}. */
  private Optional<UseViews> view(Output<?> tensor, List<Part> examples) {
    Shape shape = AxisTracker.shape(tensor);
    if (shape.isUnknown()) {
      return Optional.empty();
    }
    Axes axes = Axes.of(shape).with(0, examples);
    if (added.isEmpty()) {
      return UseViews.of(axes, List.of(0), image, Features.APART);
    }
    Axes filled = axes.inserted(added.get(), List.of());
    Optional<UseViews> rest = UseViews.of(filled, List.of(0), image, Features.APART);
    List<Part> parts = new ArrayList<>();
    filled.dimensions().forEach(own -> parts.addAll(own.isEmpty() ? List.of(Part.of(1)) : own));
    return rest.flatMap(
        view ->
            UseViews.reshape(parts)
                .map(
                    reshape -> {
                      List<ViewStep> steps = new ArrayList<>(List.of(reshape));
                      boolean split =
                          !view.steps().isEmpty()
                              && view.steps().get(0) instanceof ViewStep.Reshape;
                      steps.addAll(view.steps().subList(split ? 1 : 0, view.steps().size()));
                      return new UseViews(steps, view.rows());
                    }));
  }
}
