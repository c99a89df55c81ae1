package io.github.tfkfac.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Tells which dimension of a layer's input counts the examples. */
final class ExampleInputs {

  private final AxisTracker tracker;
  private final boolean fed;

  /**
   * Inputs of the layers of one graph.
   *
   * @param fed whether examples enter the graph by something other than constants
   */
  ExampleInputs(AxisTracker tracker, boolean fed) {
    this.tracker = tracker;
    this.fed = fed;
  }

  /**
   * The dimensions of a layer's input, of which exactly one part counts the examples.
   *
   * @param positions dimensions that do not count features
   */
  Traced axes(Output<?> input, GraphOperation layer, List<Integer> positions) {
    Traced traced = tracker.of(input);
    if (traced instanceof Traced.Unranked && !AxisTracker.shape(input).isUnknown()) {
      return first(input, positions, layer);
    }
    boolean transposed =
        input.op() instanceof GraphOperation source
            && AxisTracker.isSource(source)
            && !positions.contains(0);
    if (transposed) {
      return first(input, positions, layer);
    }
    if (!fed && traced.axes().filter(axes -> !axes.hasExamples()).isPresent()) {
      if (!positions.contains(0)) {
        return new Traced.Lost(
            "it is not known what counts the examples of " + LayerMatch.describe(layer));
      }
      return first(input, positions, layer);
    }
    return traced.map(axes -> checked(axes, input, layer, positions));
  }

  /** The dimensions of a layer's input that are all examples and positions. */
  Traced axes(Output<?> input, GraphOperation layer) {
    Traced traced = tracker.of(input);
    Optional<Axes> axes = traced.axes();
    if (axes.isEmpty()) {
      return traced instanceof Traced.Unranked && !input.shape().isUnknown()
          ? axes(input, layer, IntStream.range(0, input.shape().numDimensions()).boxed().toList())
          : traced;
    }
    return axes(input, layer, IntStream.range(0, axes.get().rank()).boxed().toList());
  }

  private Traced checked(
      Axes axes, Output<?> input, GraphOperation layer, List<Integer> positions) {
    String what = LayerMatch.describe(layer);
    List<Integer> counting = new ArrayList<>();
    for (int i = 0; i < axes.rank(); i++) {
      if (axes.hasExamples(i)) {
        counting.add(i);
      }
    }
    if (counting.isEmpty()) {
      String cause =
          tracker
              .endOfExamples(input)
              .map(end -> ": " + LayerMatch.describe(end) + " picks or joins some of them")
              .orElse("");
      return new Traced.Lost("the input of " + what + " is the same for all examples" + cause);
    }
    if (counting.size() > 1 || !positions.contains(counting.get(0))) {
      return new Traced.Lost("examples are mixed by " + what);
    }
    return Traced.of(axes);
  }

  /** The first dimension of something that comes from constants counts the examples. */
  private static Traced first(Output<?> input, List<Integer> positions, GraphOperation layer) {
    Shape shape = AxisTracker.shape(input);
    if (positions.isEmpty()) {
      return new Traced.Lost(LayerMatch.describe(layer) + " is applied once, not to examples");
    }
    int first = positions.get(0);
    return Traced.of(Axes.batch(input, shape, first));
  }
}
