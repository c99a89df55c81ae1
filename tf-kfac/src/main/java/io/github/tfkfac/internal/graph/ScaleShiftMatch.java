package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.Standardization;
import io.github.tfkfac.internal.graph.LayerMatch.Layer;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
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
      GraphOperation consumer, Output<?> scale, Shape scaleShape, ExampleInputs inputs) {
    return isFused(consumer)
        ? fused(consumer, scale, scaleShape, inputs)
        : product(consumer, scale, scaleShape, inputs);
  }

  private static LayerMatch fused(
      GraphOperation normalization, Output<?> scale, Shape scaleShape, ExampleInputs inputs) {
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
      GraphOperation product, Output<?> scale, Shape scaleShape, ExampleInputs inputs) {
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
      ExampleInputs inputs) {
    int last = input.shape().isUnknown() ? 0 : input.shape().numDimensions() - 1;
    List<Integer> positions = IntStream.range(0, last).boxed().toList();
    Traced traced = inputs.axes(input, operation, positions);
    if (traced.axes().isEmpty()) {
      return new Other(traced.reason());
    }
    return UseViews.of(traced.axes().get(), positions, List.of(last), Features.MERGED)
        .<LayerMatch>map(
            view ->
                new Layer(
                    new LayerKind.ScaleShift(Math.toIntExact(scaleShape.get(0)), standardization),
                    new LayerUse(
                        input, operation.output(0), view.steps(), view.steps(), view.rows())))
        .orElseGet(
            () ->
                new Other(
                    LayerMatch.describe(operation)
                        + " works on several dimensions of unknown length"));
  }

  private static boolean isBatchOf(Shape shape, long channels) {
    return !shape.isUnknown()
        && shape.numDimensions() >= 2
        && shape.get(0) != 1
        && shape.get(shape.numDimensions() - 1) == channels;
  }

  /** Whether anything but variables and constants enters a value. */
  private static boolean dependsOnData(Output<?> value) {
    Set<GraphOperation> seen = new HashSet<>();
    Deque<Operand<?>> open = new ArrayDeque<>();
    open.add(value);
    while (!open.isEmpty()) {
      if (open.remove().op() instanceof GraphOperation operation && seen.add(operation)) {
        operation.inputs().forEach(open::add);
        boolean fixed =
            operation.type().equals("Const")
                || operation.type().equals(GraphVariable.REFERENCE)
                || operation.type().equals(GraphVariable.RESOURCE);
        if (operation.numInputs() == 0 && !fixed) {
          return true;
        }
      }
    }
    return false;
  }
}
