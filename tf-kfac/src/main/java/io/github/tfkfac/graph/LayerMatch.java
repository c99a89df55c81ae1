package io.github.tfkfac.graph;

import io.github.tfkfac.graph.ConvolutionGeometry.Padding;
import io.github.tfkfac.graph.LayerSite.Dense.WeightLayout;
import io.github.tfkfac.graph.LayerUse.Orientation;
import io.github.tfkfac.state.GraphVariable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * What one operation does with a weight: a layer of a known kind, or something else with the
 * reason.
 */
sealed interface LayerMatch {

  /** A layer's use of the weight. */
  record Layer(Signature signature, LayerUse use) implements LayerMatch {}

  /** A term of the loss such as weight decay, which needs no layer. */
  record Penalty(String operation) implements LayerMatch {}

  /** Not a layer that can be captured. */
  record Other(String reason) implements LayerMatch {}

  /** What all uses of one weight must have in common. */
  sealed interface Signature {

    /** The layer that the uses make up. */
    <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses);
  }

  record DenseSignature(WeightLayout layout) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Dense<>(weight, bias, uses, layout);
    }
  }

  record ConvolutionSignature(ConvolutionGeometry geometry) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Convolution<>(weight, bias, uses, geometry);
    }
  }

  record DepthwiseSignature(ConvolutionGeometry geometry) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.DepthwiseConvolution<>(weight, bias, uses, geometry);
    }
  }

  /** Looks at one consumer of a weight's value. */
  static LayerMatch of(GraphOperation consumer, Output<?> weight, Shape weightShape) {
    return switch (consumer.type()) {
      case "MatMul" -> matMul(consumer, weight, "transpose_a", "transpose_b");
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" ->
          weightShape.numDimensions() == 2
              ? matMul(consumer, weight, "adj_x", "adj_y")
              : new Other(
                  describe(consumer) + " with a weight of rank " + weightShape.numDimensions());
      case "Einsum" -> einsum(consumer, weight, weightShape);
      case "Conv2D" -> convolution(consumer, weight, weightShape);
      case "DepthwiseConv2dNative" -> depthwise(consumer, weight, weightShape);
      default ->
          isPenalty(consumer)
              ? new Penalty(consumer.type())
              : new Other("used by " + describe(consumer));
    };
  }

  /** Whether an operation is the usual start of a term of the loss such as weight decay. */
  static boolean isPenalty(GraphOperation consumer) {
    return switch (consumer.type()) {
      case "L2Loss", "Square", "Abs" -> true;
      default -> false;
    };
  }

  private static LayerMatch matMul(
      GraphOperation product, Output<?> weight, String transposeLeft, String transposeRight) {
    if (product.input(0).equals(weight)) {
      return new Other("left operand of " + describe(product) + "; layers are x W");
    }
    Output<?> input = product.input(0);
    if (input.shape().isUnknown()) {
      return new Other("the input of " + describe(product) + " has an unknown rank");
    }
    WeightLayout layout =
        product.attributes().getAttrBool(transposeRight)
            ? WeightLayout.OUTPUTS_BY_INPUTS
            : WeightLayout.INPUTS_BY_OUTPUTS;
    Orientation orientation =
        product.attributes().getAttrBool(transposeLeft)
            ? Orientation.ROWS_ARE_FEATURES
            : Orientation.ROWS_ARE_EXAMPLES;
    return new Layer(
        new DenseSignature(layout), new LayerUse(input, product.output(0), orientation));
  }

  private static LayerMatch einsum(GraphOperation einsum, Output<?> weight, Shape weightShape) {
    String equation = einsum.attributes().getAttrString("equation");
    Other other = new Other("used by " + describe(einsum) + " with equation '" + equation + "'");
    if (weightShape.numDimensions() != 2
        || einsum.numInputs() != 2
        || einsum.input(0).equals(einsum.input(1))) {
      return other;
    }
    int weightIndex = einsum.input(1).equals(weight) ? 1 : 0;
    int inputIndex = 1 - weightIndex;
    String[] sides = equation.split("->", -1);
    String[] operands = sides.length == 2 ? sides[0].split(",", -1) : new String[0];
    if (operands.length != 2 || operands[weightIndex].length() != 2) {
      return other;
    }
    String input = operands[inputIndex];
    String output = sides[1];
    char first = operands[weightIndex].charAt(0);
    char second = operands[weightIndex].charAt(1);
    if (input.length() < 2 || einsum.input(inputIndex).shape().isUnknown()) {
      return other;
    }
    char contracted = input.charAt(input.length() - 1);
    String leading = input.substring(0, input.length() - 1);
    char kept = contracted == first ? second : first;
    boolean isDense =
        (contracted == first || contracted == second)
            && first != second
            && leading.indexOf(kept) < 0
            && leading.indexOf(contracted) < 0
            && output.equals(leading + kept);
    if (!isDense) {
      return other;
    }
    WeightLayout layout =
        contracted == first ? WeightLayout.INPUTS_BY_OUTPUTS : WeightLayout.OUTPUTS_BY_INPUTS;
    return new Layer(
        new DenseSignature(layout),
        new LayerUse(einsum.input(inputIndex), einsum.output(0), Orientation.ROWS_ARE_EXAMPLES));
  }

  private static LayerMatch convolution(
      GraphOperation convolution, Output<?> weight, Shape kernel) {
    String obstacle = convolutionObstacle(convolution, weight);
    if (obstacle != null) {
      return new Other(obstacle);
    }
    long channels = convolution.input(0).shape().get(3);
    if (channels != kernel.get(2)) {
      return new Other(
          describe(convolution)
              + " is grouped: "
              + channels
              + " input channels, "
              + kernel.get(2)
              + " in the kernel");
    }
    return new Layer(new ConvolutionSignature(geometry(convolution, kernel)), use(convolution));
  }

  private static LayerMatch depthwise(GraphOperation convolution, Output<?> weight, Shape kernel) {
    String obstacle = convolutionObstacle(convolution, weight);
    return obstacle != null
        ? new Other(obstacle)
        : new Layer(new DepthwiseSignature(geometry(convolution, kernel)), use(convolution));
  }

  private static LayerUse use(GraphOperation convolution) {
    return new LayerUse(convolution.input(0), convolution.output(0), Orientation.ROWS_ARE_EXAMPLES);
  }

  private static @Nullable String convolutionObstacle(
      GraphOperation convolution, Output<?> weight) {
    if (!convolution.input(1).equals(weight)) {
      return "input of " + describe(convolution) + ", not its kernel";
    }
    String format = convolution.attributes().getAttrString("data_format");
    if (!format.equals("NHWC")) {
      return describe(convolution) + " has data format " + format + "; NHWC is captured";
    }
    for (long dilation : convolution.attributes().getAttrIntList("dilations")) {
      if (dilation != 1) {
        return describe(convolution) + " is dilated";
      }
    }
    String padding = convolution.attributes().getAttrString("padding");
    if (!padding.equals("SAME") && !padding.equals("VALID")) {
      return describe(convolution) + " has padding " + padding + "; use Pad and VALID";
    }
    Shape input = convolution.input(0).shape();
    if (input.isUnknown() || input.get(3) == Shape.UNKNOWN_SIZE) {
      return "the input of " + describe(convolution) + " has an unknown number of channels";
    }
    return null;
  }

  private static ConvolutionGeometry geometry(GraphOperation convolution, Shape kernel) {
    long[] strides = convolution.attributes().getAttrIntList("strides");
    return new ConvolutionGeometry(
        Math.toIntExact(kernel.get(0)),
        Math.toIntExact(kernel.get(1)),
        Math.toIntExact(kernel.get(2)),
        Math.toIntExact(kernel.get(3)),
        Math.toIntExact(strides[1]),
        Math.toIntExact(strides[2]),
        Padding.valueOf(convolution.attributes().getAttrString("padding")));
  }

  private static String describe(GraphOperation operation) {
    return operation.type() + " '" + operation.name() + "'";
  }
}
