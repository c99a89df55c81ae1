package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.LayerMatch.Layer;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Recognizes a weight as the table that rows are looked up in. */
final class EmbeddingMatch {

  private EmbeddingMatch() {}

  static LayerMatch of(
      GraphOperation gather, WeightOperand table, Shape tableShape, AxisTracker inputs) {
    String what = LayerMatch.describe(gather);
    if (!gather.input(0).equals(table.value())) {
      return new Other("index of " + what);
    }
    boolean rowsOfMatrix =
        table.axes().rank() == 2
            && (table.factor().isPresent() || table.axes().equals(Axes.placed(tableShape)))
            && gather.attributes().getAttrInt("batch_dims") == 0
            && Constants.scalar(gather.input(2)).filter(axis -> axis == 0).isPresent();
    if (!rowsOfMatrix || table.cut().isPresent()) {
      return new Other(what + " does not look up rows of a matrix");
    }
    Output<?> indices = gather.input(1);
    if (indices.shape().isScalar()) {
      return new Other(what + " has indices of shape " + indices.shape() + "; a batch is captured");
    }
    return inputs.axes(indices, gather).match(axes -> layer(gather, table, tableShape, axes));
  }

  private static LayerMatch layer(
      GraphOperation gather, WeightOperand table, Shape tableShape, Axes axes) {
    List<Integer> positions = IntStream.range(0, axes.rank()).boxed().toList();
    Axes looked = axes.inserted(axes.rank(), Axes.sized(table.axes().size(1)));
    Optional<UseViews> in = UseViews.of(axes, positions, List.of(), Features.APART);
    Optional<UseViews> out = UseViews.of(looked, positions, List.of(axes.rank()), Features.MERGED);
    if (in.isEmpty() || out.isEmpty()) {
      return LayerMatch.ofUnknownLengths(gather);
    }
    Output<?> indices = gather.input(1);
    Optional<UseViews> rankedIn = ranked(indices, axes, in.get());
    Optional<UseViews> rankedOut = ranked(gather.output(0), looked, out.get());
    return UseViews.use(indices, gather.output(0), rankedIn, rankedOut)
        .map(use -> layer(gather, table, tableShape, use))
        .orElseGet(
            () -> new Other(LayerMatch.describe(gather) + " has indices of an unknown rank"));
  }

  private static LayerMatch layer(
      GraphOperation gather, WeightOperand table, Shape tableShape, LayerUse use) {
    List<Part> rows = table.axes().get(0);
    List<Part> columns = table.axes().get(1);
    List<ViewStep> ofOutput = new ArrayList<>();
    if (table.factor().isPresent()) {
      WeightOperand.Factor factor = table.factor().get();
      if (!factor.isLeft()) {
        return DenseMatch.ofParts(gather, table, rows, columns, use);
      }
      List<Part> own = List.of(new Part(List.of(0), tableShape.get(0), null));
      if (tableShape.numDimensions() != 2
          || !rows.equals(own)
          || !columns.stream().allMatch(WeightOperand::isForeign)) {
        return new Other("a product of weights is used in parts by " + LayerMatch.describe(gather));
      }
      ofOutput.add(new ViewStep.Product(factor.other(), true));
    }
    table.scales().forEach(number -> ofOutput.add(new ViewStep.Scale(number)));
    int height = Math.toIntExact(tableShape.get(0));
    int width = Math.toIntExact(tableShape.get(1));
    return new Layer(new LayerKind.Embedding(height, width), use.then(List.of(), ofOutput, width));
  }

  /** A view that tells the rank of a tensor, which the graph does not. */
  private static Optional<UseViews> ranked(Output<?> tensor, Axes axes, UseViews view) {
    if (!tensor.shape().isUnknown() || !view.steps().isEmpty()) {
      return Optional.of(view);
    }
    List<Part> parts =
        axes.dimensions().stream().map(own -> own.isEmpty() ? Part.of(1) : own.get(0)).toList();
    return UseViews.reshape(parts).map(step -> new UseViews(List.of(step), view.rows()));
  }
}
