package io.github.tfkfac.graph;

import io.github.tfkfac.state.GraphVariable;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
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

  record DenseSignature(WeightView view) implements Signature {
    @Override
    public <T extends TNumber> LayerSite<T> site(
        GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses) {
      return new LayerSite.Dense<>(weight, bias, uses, view);
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
      NormalisationParameters normalisation,
      ExampleInputs inputs) {
    boolean scales = consumer.type().equals("Mul") || ScaleShiftMatch.isFused(consumer);
    if (scales && normalisation == NormalisationParameters.UNITWISE) {
      return ScaleShiftMatch.of(consumer, weight.value(), weightShape, inputs);
    }
    return switch (consumer.type()) {
      case "MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum" ->
          DenseMatch.of(consumer, weight, inputs);
      case "Conv2D", "DepthwiseConv2dNative" ->
          new ConvolutionMatch(consumer, weight, inputs).match();
      case "Conv2DBackpropInput" -> TransposedConvolutionMatch.of(consumer, weight, inputs);
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

  static String describe(GraphOperation operation) {
    return operation.type() + " '" + operation.name() + "'";
  }
}
