package io.github.tfkfac.graph;

import io.github.tfkfac.state.GraphVariable;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * Match of one operation's use of a weight: a layer of a known kind, or something else with the
 * reason.
 */
sealed interface LayerMatch {

  /** A layer's use of the weight. */
  record Layer(Signature signature, LayerUse use) implements LayerMatch {}

  /** A term of the loss such as weight decay, which needs no layer. */
  record Penalty(String operation) implements LayerMatch {}

  /** Not a layer that can be captured. */
  record Other(String reason) implements LayerMatch {}

  /** Properties that all uses of one weight must have in common. */
  sealed interface Signature {

    /** The layer that the uses make up. */
    <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses);

    /** The kind of layer in a few words. */
    String kind();
  }

  record DenseSignature(WeightView view) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Dense<>(weight, bias, uses, view);
    }

    @Override
    public String kind() {
      return "a dense layer from %d to %d features%s"
          .formatted(view.inputs(), view.outputs(), view.isOrdered() ? "" : ", transposed");
    }
  }

  record ConvolutionSignature(ConvolutionGeometry geometry) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Convolution<>(weight, bias, uses, geometry);
    }

    @Override
    public String kind() {
      return LayerMatch.describe(geometry);
    }
  }

  record GroupedSignature(ConvolutionGeometry geometry, int groups) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.GroupedConvolution<>(weight, bias, uses, geometry, groups);
    }

    @Override
    public String kind() {
      return LayerMatch.describe(geometry) + " in " + groups + " groups";
    }
  }

  record EmbeddingSignature() implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Embedding<>(weight, uses);
    }

    @Override
    public String kind() {
      return "an embedding";
    }
  }

  record ScaleShiftSignature(Standardization standardization) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.ScaleShift<>(weight, bias, uses, standardization);
    }

    @Override
    public String kind() {
      return "a scale";
    }
  }

  record DepthwiseSignature(ConvolutionGeometry geometry) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.DepthwiseConvolution<>(weight, bias, uses, geometry);
    }

    @Override
    public String kind() {
      return LayerMatch.describe(geometry) + " of every channel";
    }
  }

  /**
   * Looks at an operation that uses a weight.
   *
   * @param weightShape of the variable
   * @param inputs tells what counts the examples of a layer's input
   */
  static LayerMatch of(
      GraphOperation consumer,
      WeightOperand weight,
      Shape weightShape,
      NormalizationParameters normalization,
      ExampleInputs inputs) {
    boolean scales = consumer.type().equals("Mul") || ScaleShiftMatch.isFused(consumer);
    if (scales && normalization == NormalizationParameters.UNITWISE) {
      return ScaleShiftMatch.of(consumer, weight.value(), weightShape, inputs);
    }
    if (OwnGradient.inputsWithout(consumer) > 0) {
      return new Other("its gradient is made by a function of the model, " + describe(consumer));
    }
    return switch (consumer.type()) {
      case "MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum" ->
          DenseMatch.of(consumer, weight, inputs);
      case "Conv2D", "DepthwiseConv2dNative" ->
          new ConvolutionMatch(consumer, weight, inputs).match();
      case "Conv2DBackpropInput" -> TransposedConvolutionMatch.of(consumer, weight, inputs);
      case "Conv3D", "Conv3DBackpropInputV2" -> VolumeMatch.of(consumer, weight, inputs);
      case "GatherV2" -> EmbeddingMatch.of(consumer, weight, weightShape, inputs);
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

  private static String describe(ConvolutionGeometry geometry) {
    return "a convolution %s with strides %d and %d, dilations %d and %d and padding %s"
        .formatted(
            geometry.kernelSize(),
            geometry.strideHeight(),
            geometry.strideWidth(),
            geometry.dilationHeight(),
            geometry.dilationWidth(),
            geometry.padding());
  }

  static String describe(GraphOperation operation) {
    return operation.type() + " '" + operation.name() + "'";
  }
}
