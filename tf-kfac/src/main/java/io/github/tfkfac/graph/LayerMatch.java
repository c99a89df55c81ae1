package io.github.tfkfac.graph;

import io.github.tfkfac.graph.LayerSite.Dense.WeightLayout;
import io.github.tfkfac.graph.LayerUse.Orientation;
import io.github.tfkfac.state.GraphVariable;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
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

  record GroupedSignature(ConvolutionGeometry geometry, int groups) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.GroupedConvolution<>(weight, bias, uses, geometry, groups);
    }
  }

  record EmbeddingSignature() implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Embedding<>(weight, uses);
    }
  }

  record ScaleShiftSignature(Standardisation standardisation) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.ScaleShift<>(weight, bias, uses, standardisation);
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
  static LayerMatch of(
      GraphOperation consumer,
      Output<?> weight,
      Shape weightShape,
      NormalisationParameters normalisation) {
    boolean scales = consumer.type().equals("Mul") || ScaleShiftMatch.isFused(consumer);
    if (scales && normalisation == NormalisationParameters.UNITWISE) {
      return ScaleShiftMatch.of(consumer, weight, weightShape);
    }
    return switch (consumer.type()) {
      case "MatMul" -> matMul(consumer, weight, "transpose_a", "transpose_b");
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" ->
          weightShape.numDimensions() == 2
              ? matMul(consumer, weight, "adj_x", "adj_y")
              : new Other(
                  describe(consumer) + " with a weight of rank " + weightShape.numDimensions());
      case "Einsum" -> einsum(consumer, weight, weightShape);
      case "Conv2D", "DepthwiseConv2dNative" -> ConvolutionMatch.of(consumer, weight, weightShape);
      case "GatherV2" -> lookUp(consumer, weight, weightShape);
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

  private static LayerMatch lookUp(GraphOperation gather, Output<?> table, Shape tableShape) {
    if (!gather.input(0).equals(table)) {
      return new Other("index of " + describe(gather));
    }
    Output<?> indices = gather.input(1);
    boolean rowsOfMatrix =
        tableShape.numDimensions() == 2
            && gather.attributes().getAttrInt("batch_dims") == 0
            && isZero(gather.input(2));
    if (!rowsOfMatrix) {
      return new Other(describe(gather) + " does not look up rows of a matrix");
    }
    if (indices.shape().isUnknown() || indices.shape().isScalar()) {
      return new Other(
          describe(gather) + " has indices of shape " + indices.shape() + "; a batch is captured");
    }
    return new Layer(
        new EmbeddingSignature(),
        new LayerUse(indices, gather.output(0), Orientation.ROWS_ARE_EXAMPLES));
  }

  private static boolean isZero(Output<?> scalar) {
    if (!(scalar.op() instanceof GraphOperation operation) || !operation.type().equals("Const")) {
      return false;
    }
    try (Tensor value = operation.attributes().getAttrTensor("value")) {
      ByteDataBuffer bytes = value.asRawTensor().data();
      return LongStream.range(0, bytes.size()).allMatch(i -> bytes.getByte(i) == 0);
    }
  }

  static String describe(GraphOperation operation) {
    return operation.type() + " '" + operation.name() + "'";
  }
}
