package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.Standardization;
import io.github.tfkfac.internal.graph.LayerMatch.Layer;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Recognizes a trained vector as the scale of a batch of features. */
final class ScaleShiftMatch {

  private static final int SCALE = 1;
  private static final int SHIFT = 2;

  private ScaleShiftMatch() {}

  static boolean isFused(GraphOperation operation) {
    return operation.type().startsWith("FusedBatchNorm");
  }

  /** Shift that a fused batch normalization adds to its scaled input. */
  static Output<?> fusedShift(GraphOperation normalization) {
    return normalization.input(SHIFT);
  }

  /** A fused batch normalization, or the product of a batch and a vector. */
  static LayerMatch of(
      GraphOperation consumer, Output<?> scale, Shape scaleShape, AxisTracker inputs) {
    return isFused(consumer)
        ? fused(consumer, scale, scaleShape, inputs)
        : product(consumer, scale, scaleShape, inputs);
  }

  private static LayerMatch fused(
      GraphOperation normalization, Output<?> scale, Shape scaleShape, AxisTracker inputs) {
    String what = LayerMatch.describe(normalization);
    if (!normalization.input(SCALE).equals(scale)) {
      return new Other("used by " + what);
    }
    if (!normalization.attributes().getAttrBool("is_training")) {
      return new Other(what + " normalizes by given statistics");
    }
    String format = normalization.attributes().getAttrString("data_format");
    if (!format.equals("NHWC")) {
      return new Other(what + " has data format " + format + "; NHWC is captured");
    }
    double epsilon = normalization.attributes().getAttrFloat("epsilon");
    return layer(
        new Standardization.ByBatch(epsilon),
        scaleShape,
        normalization.input(0),
        normalization,
        inputs);
  }

  private static LayerMatch product(
      GraphOperation product, Output<?> scale, Shape scaleShape, AxisTracker inputs) {
    Output<?> features = product.input(product.input(0).equals(scale) ? 1 : 0);
    boolean fits =
        scaleShape.numDimensions() == 1
            && isBatchOf(features.shape(), scaleShape.get(0))
            && dependsOnData(features);
    return fits
        ? layer(new Standardization.None(), scaleShape, features, product, inputs)
        : new Other("used by " + LayerMatch.describe(product));
  }

  private static LayerMatch layer(
      Standardization standardization,
      Shape scaleShape,
      Output<?> input,
      GraphOperation operation,
      AxisTracker inputs) {
    int last = input.shape().isUnknown() ? 0 : input.shape().numDimensions() - 1;
    List<Integer> positions = IntStream.range(0, last).boxed().toList();
    LayerKind kind = new LayerKind.ScaleShift(Math.toIntExact(scaleShape.get(0)), standardization);
    return inputs
        .axes(input, operation, positions)
        .match(
            axes -> {
              Optional<UseViews> view =
                  UseViews.of(axes, positions, List.of(last), Features.MERGED);
              return UseViews.use(input, operation.output(0), view, view)
                  .<LayerMatch>map(use -> new Layer(kind, use))
                  .orElseGet(() -> LayerMatch.ofUnknownLengths(operation));
            });
  }

  private static boolean isBatchOf(Shape shape, long channels) {
    return !shape.isUnknown()
        && shape.numDimensions() >= 2
        && shape.get(0) != 1
        && shape.get(shape.numDimensions() - 1) == channels;
  }

  /** Whether anything but variables and constants enters a value. */
  private static boolean dependsOnData(Output<?> value) {
    return Reach.from(List.of(Reach.source(value)), Reach::sources).stream()
        .anyMatch(
            operation ->
                operation.numInputs() == 0
                    && !operation.type().equals("Const")
                    && !TrainableVariables.isVariable(operation));
  }
}
