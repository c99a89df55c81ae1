package io.github.tfkfac.extension;

import io.github.tfkfac.internal.graph.LossPath;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;

/**
 * One place in the graph where a layer's weight is applied.
 *
 * <p>Seen through their views, input and output are {@code [examples, positions..., features]}; a
 * convolution's are {@code [examples, positions..., height, width, channels]}.
 *
 * @param input what the weight is applied to
 * @param output the result, before a bias is added
 * @param inputView from the input to the layer's rows
 * @param outputView from the output, and so from its gradient, to the layer's rows
 * @param rows shape of the output seen through its view, where known
 */
public record LayerUse(
    Output<?> input,
    Output<?> output,
    List<ViewStep> inputView,
    List<ViewStep> outputView,
    Shape rows) {

  public LayerUse {
    inputView = List.copyOf(inputView);
    outputView = List.copyOf(outputView);
  }

  /** A use whose input and output have examples first and features last as they are. */
  public static LayerUse plain(Output<?> input, Output<?> output) {
    return new LayerUse(input, output, List.of(), List.of(), output.shape());
  }

  /** The same for a weight of a type that the layer may not compute in. */
  public LayerUse in(Class<? extends TType> type) {
    return new LayerUse(
        input, output, cast(input, type, inputView), cast(output, type, outputView), rows);
  }

  private static List<ViewStep> cast(
      Output<?> value, Class<? extends TType> type, List<ViewStep> view) {
    DataType found = LossPath.withoutReference(value.dataType());
    DataType wanted = type == TFloat64.class ? DataType.DT_DOUBLE : DataType.DT_FLOAT;
    return LossPath.isFloating(found) && found != wanted
        ? joined(List.of(new ViewStep.Cast()), view)
        : view;
  }

  /** The same with further steps of the views. */
  public LayerUse then(List<ViewStep> ofInput, List<ViewStep> ofOutput, long features) {
    long[] sizes = rows.asArray();
    sizes[sizes.length - 1] = features;
    return new LayerUse(
        input, output, joined(inputView, ofInput), joined(outputView, ofOutput), Shape.of(sizes));
  }

  private static List<ViewStep> joined(List<ViewStep> first, List<ViewStep> second) {
    List<ViewStep> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
