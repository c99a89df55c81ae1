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
  private final AxisTracker inputs;
  private final String what;

  ConvolutionMatch(GraphOperation convolution, WeightOperand kernel, AxisTracker inputs) {
    this.convolution = convolution;
    this.kernel = kernel;
    this.inputs = inputs;
    this.what = LayerMatch.describe(convolution);
  }

  LayerMatch match() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent() || !DilatedBlocks.enclose(convolution)) {
      return obstacle
          .<LayerMatch>map(Other::new)
          .orElseGet(() -> layer(ConvolutionPlaces.of(convolution)));
    }
    DilatedBlocks blocks = new DilatedBlocks(convolution);
    return blocks.obstacle().<LayerMatch>map(Other::new).orElseGet(() -> layer(blocks.whole()));
  }

  private long channels(Shape input) {
    return input.get(ConvolutionPlaces.image(convolution).get(2));
  }

  private Optional<String> obstacle() {
    if (!convolution.input(1).equals(kernel.value())) {
      return Optional.of("input of " + what + ", not its kernel");
    }
    Shape input = convolution.input(0).shape();
    if (input.isUnknown() || channels(input) == Shape.UNKNOWN_SIZE) {
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

  private LayerMatch layer(ConvolutionPlaces places) {
    return inputs
        .axes(places.input(), convolution, List.of(0))
        .match(
            axes -> {
              ConvolutionGeometry geometry = geometry(places);
              return places
                  .use(axes.get(0))
                  .map(use -> use.then(places.border(), List.of(), geometry.outputChannels()))
                  .map(use -> layer(geometry, use))
                  .orElseGet(() -> LayerMatch.ofUnknownLengths(convolution));
            });
  }

  private ConvolutionGeometry geometry(ConvolutionPlaces places) {
    long[] strides = convolution.attributes().getAttrIntList("strides");
    return new ConvolutionGeometry(
        Math.toIntExact(kernel.axes().size(HEIGHT)),
        Math.toIntExact(kernel.axes().size(WIDTH)),
        Math.toIntExact(Axes.product(kernel.whole(kernel.axes().get(INPUTS)))),
        Math.toIntExact(Axes.product(kernel.whole(kernel.axes().get(OUTPUTS)))),
        Math.toIntExact(strides[places.image().get(HEIGHT)]),
        Math.toIntExact(strides[places.image().get(WIDTH)]),
        Math.toIntExact(places.dilations().get(HEIGHT)),
        Math.toIntExact(places.dilations().get(WIDTH)),
        places.padding());
  }

  private LayerMatch layer(ConvolutionGeometry geometry, LayerUse use) {
    long channels = channels(convolution.input(0).shape());
    boolean depthwise = convolution.type().equals("DepthwiseConv2dNative");
    long read = kernel.axes().size(INPUTS);
    boolean grouped = !depthwise && channels != read;
    if ((depthwise || grouped) && (kernel.cut().isPresent() || kernel.factor().isPresent())) {
      return new Other("a part of it is used by " + what);
    }
    if (depthwise) {
      return scaled(new LayerKind.DepthwiseConvolution(geometry), use, channels);
    }
    if (grouped) {
      int groups = Math.toIntExact(channels / read);
      ConvolutionGeometry ofGroup =
          geometry.withChannels(geometry.inputChannels(), geometry.outputChannels() / groups);
      return scaled(
          new LayerKind.GroupedConvolution(ofGroup, groups), use, geometry.outputChannels());
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
    List<ViewStep> padded = kernel.pad(ofInput).stream().<ViewStep>map(pad -> pad).toList();
    List<ViewStep> paddedOutput = kernel.pad(ofOutput).stream().<ViewStep>map(pad -> pad).toList();
    return scaled(
        new LayerKind.Convolution(geometry),
        use.then(padded, paddedOutput, geometry.outputChannels()),
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
      return DenseMatch.ofParts(convolution, kernel, patch, outputs, ofPatches);
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
        use.then(List.of(), List.of(new ViewStep.Product(factor.other(), true)), rank),
        rank);
  }

  private LayerMatch scaled(LayerKind kind, LayerUse use, long features) {
    List<ViewStep> scales = kernel.scales().stream().<ViewStep>map(ViewStep.Scale::new).toList();
    return new Layer(kind, use.then(scales, List.of(), features));
  }
}
