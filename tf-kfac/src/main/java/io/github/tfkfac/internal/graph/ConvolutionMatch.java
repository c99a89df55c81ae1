package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.LayerMatch.Layer;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.WeightOperand.Factor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** Recognizes a weight as the kernel of a convolution. */
final class ConvolutionMatch {

  private static final int HEIGHT = 0;
  private static final int WIDTH = 1;
  private static final int INPUTS = 2;
  private static final int OUTPUTS = 3;

  private final GraphOperation convolution;
  private final WeightOperand kernel;
  private final ExampleInputs inputs;
  private final String what;

  ConvolutionMatch(GraphOperation convolution, WeightOperand kernel, ExampleInputs inputs) {
    this.convolution = convolution;
    this.kernel = kernel;
    this.inputs = inputs;
    this.what = LayerMatch.describe(convolution);
  }

  LayerMatch match() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      return new Other(obstacle.get());
    }
    if (DilatedBlocks.enclose(convolution)) {
      DilatedBlocks blocks = new DilatedBlocks(convolution);
      Optional<String> apart = blocks.obstacle();
      if (apart.isPresent()) {
        return new Other(apart.get());
      }
      DilatedBlocks.Whole whole = blocks.whole();
      return layer(whole.places(), whole.heightDilation(), whole.widthDilation());
    }
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    boolean channelsLast = isChannelsLast();
    return layer(
        ConvolutionPlaces.of(convolution),
        dilations[channelsLast ? 1 : 2],
        dilations[channelsLast ? 2 : 3]);
  }

  private boolean isChannelsLast() {
    return convolution.attributes().getAttrString("data_format").equals("NHWC");
  }

  private Optional<String> obstacle() {
    if (!convolution.input(1).equals(kernel.value())) {
      return Optional.of("input of " + what + ", not its kernel");
    }
    String padding = convolution.attributes().getAttrString("padding");
    if (!padding.equals("SAME") && !padding.equals("VALID")) {
      return Optional.of(what + " has padding " + padding + "; use Pad and VALID");
    }
    Shape input = convolution.input(0).shape();
    if (input.isUnknown() || input.get(isChannelsLast() ? 3 : 1) == Shape.UNKNOWN_SIZE) {
      return Optional.of("the input of " + what + " has an unknown number of channels");
    }
    boolean isStored =
        kernel.factor().isPresent()
            || Axes.view(kernel.axes().parts().toList(), List.of()).isOrdered();
    if (!isStored) {
      return Optional.of("its dimensions are in another order in " + what);
    }
    return Optional.empty();
  }

  private LayerMatch layer(ConvolutionPlaces places, long heightDilation, long widthDilation) {
    Traced traced = inputs.axes(places.input(), convolution, List.of(0));
    if (traced.axes().isEmpty()) {
      return new Other(traced.reason());
    }
    long inputChannels =
        kernel.whole(kernel.axes().get(INPUTS)).stream()
            .mapToLong(Part::size)
            .reduce(1, (a, b) -> a * b);
    long outputChannels = Axes.product(kernel.whole(kernel.axes().get(OUTPUTS)));
    long[] strides = convolution.attributes().getAttrIntList("strides");
    boolean last = isChannelsLast();
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(
            Math.toIntExact(kernel.axes().size(HEIGHT)),
            Math.toIntExact(kernel.axes().size(WIDTH)),
            Math.toIntExact(inputChannels),
            Math.toIntExact(outputChannels),
            Math.toIntExact(strides[last ? 1 : 2]),
            Math.toIntExact(strides[last ? 2 : 3]),
            Math.toIntExact(heightDilation),
            Math.toIntExact(widthDilation),
            places.padding());
    List<Part> examples = traced.axes().get().get(0);
    Optional<UseViews> in = places.view(places.input(), examples);
    Optional<UseViews> out = places.view(places.output(), examples);
    if (in.isEmpty() || out.isEmpty()) {
      return new Other(what + " works on several dimensions of unknown length");
    }
    LayerUse use =
        new LayerUse(
            places.input(), places.output(), in.get().steps(), out.get().steps(), out.get().rows());
    return layer(geometry, use.then(places.border(), List.of(), geometry.outputChannels()));
  }

  private LayerMatch layer(ConvolutionGeometry geometry, LayerUse use) {
    long channels = convolution.input(0).shape().get(isChannelsLast() ? 3 : 1);
    boolean depthwise = convolution.type().equals("DepthwiseConv2dNative");
    long read = kernel.axes().size(INPUTS);
    boolean grouped = !depthwise && channels != read;
    if ((depthwise || grouped) && (kernel.cut().isPresent() || kernel.factor().isPresent())) {
      return new Other("a part of it is used by " + what);
    }
    if (depthwise) {
      return scaled(
          new LayerKind.DepthwiseConvolution(geometry), use, List.of(), List.of(), channels);
    }
    if (grouped) {
      int groups = Math.toIntExact(channels / read);
      ConvolutionGeometry ofGroup =
          geometry.withChannels(geometry.inputChannels(), geometry.outputChannels() / groups);
      return scaled(
          new LayerKind.GroupedConvolution(ofGroup, groups),
          use,
          List.of(),
          List.of(),
          geometry.outputChannels());
    }
    return kernel
        .factor()
        .map(factor -> adapter(geometry, use, factor))
        .orElseGet(() -> whole(geometry, use));
  }

  private LayerMatch whole(ConvolutionGeometry geometry, LayerUse use) {
    List<Part> ofInput = kernel.axes().get(INPUTS);
    List<Part> ofOutput = kernel.axes().get(OUTPUTS);
    boolean ofChannels = kernel.pad(ofInput).isPresent() || kernel.pad(ofOutput).isPresent();
    if (kernel.cut().isPresent()
        && !(ofChannels && kernel.cutsSlowest(ofInput) && kernel.cutsSlowest(ofOutput))) {
      return new Other("a part of it that is not one block of channels is used by " + what);
    }
    return scaled(
        new LayerKind.Convolution(geometry),
        use,
        kernel.pad(ofInput).map(pad -> List.<ViewStep>of(pad)).orElse(List.of()),
        kernel.pad(ofOutput).map(pad -> List.<ViewStep>of(pad)).orElse(List.of()),
        geometry.outputChannels());
  }

  /** A kernel that is the product of a kernel with fewer outputs and a matrix. */
  private LayerMatch adapter(ConvolutionGeometry geometry, LayerUse use, Factor factor) {
    List<Part> patch = new ArrayList<>();
    kernel.axes().dimensions().subList(0, OUTPUTS).forEach(patch::addAll);
    List<Part> outputs = kernel.axes().get(OUTPUTS);
    if (!factor.isLeft()) {
      List<ViewStep> windows = List.of(new ViewStep.Windows(geometry));
      LayerUse ofPatches = use.then(windows, List.of(), geometry.outputChannels());
      return DenseParts.of(convolution, kernel, patch, outputs, ofPatches);
    }
    boolean ofOwn =
        patch.stream().noneMatch(WeightOperand::isForeign)
            && outputs.stream().allMatch(WeightOperand::isForeign)
            && Axes.view(patch, factor.rank()).isOrdered();
    if (!ofOwn || kernel.cut().isPresent()) {
      return new Other("a product of weights is used in parts by " + what);
    }
    int rank = Math.toIntExact(Axes.product(factor.rank()));
    return scaled(
        new LayerKind.Convolution(geometry.withChannels(geometry.inputChannels(), rank)),
        use,
        List.of(),
        List.of(new ViewStep.Product(factor.other(), true)),
        rank);
  }

  private LayerMatch scaled(
      LayerKind kind,
      LayerUse use,
      List<ViewStep> ofInput,
      List<ViewStep> ofOutput,
      long features) {
    List<ViewStep> all = new ArrayList<>(ofInput);
    kernel.scales().forEach(number -> all.add(new ViewStep.Scale(number)));
    return new Layer(kind, use.then(all, ofOutput, features));
  }
}
