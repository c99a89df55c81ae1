package io.github.tfkfac.internal.graph;

import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerUse;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/**
 * Match of one operation's use of a weight: a layer of a known kind, or something else with the
 * reason.
 */
sealed interface LayerMatch {

  Set<String> PENALTIES = Set.of("L2Loss", "Square", "Abs");

  /** A layer's use of the weight. */
  record Layer(LayerKind kind, LayerUse use) implements LayerMatch {}

  /** A term of the loss such as weight decay, which needs no layer. */
  record Penalty(String operation) implements LayerMatch {}

  /** Not a layer that can be captured. */
  record Other(String reason) implements LayerMatch {}

  /**
   * Looks at an operation that uses a weight.
   *
   * @param inputs tells what counts the examples of a layer's input
   */
  static LayerMatch of(
      GraphOperation consumer,
      WeightOperand weight,
      Shape weightShape,
      NormalizationParameters normalization,
      AxisTracker inputs) {
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
      case "Conv2DBackpropInput", "Conv3D", "Conv3DBackpropInputV2" ->
          WindowMatch.of(consumer, weight, inputs);
      case "GatherV2" -> EmbeddingMatch.of(consumer, weight, weightShape, inputs);
      default ->
          isPenalty(consumer)
              ? new Penalty(consumer.type())
              : new Other("used by " + describe(consumer));
    };
  }

  /** A use of which some lengths are needed that nothing tells. */
  static LayerMatch ofUnknownLengths(GraphOperation operation) {
    return new Other(describe(operation) + " works on several dimensions of unknown length");
  }

  /** Whether an operation is the usual start of a term of the loss such as weight decay. */
  static boolean isPenalty(GraphOperation consumer) {
    return PENALTIES.contains(consumer.type());
  }

  static String describe(GraphOperation operation) {
    return operation.type() + " '" + operation.name() + "'";
  }
}
