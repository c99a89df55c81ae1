package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Traced.Known;
import io.github.tfkfac.internal.graph.Traced.Lost;
import io.github.tfkfac.internal.graph.Traced.Unranked;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Follows the dimension that counts the examples from where data enters a graph, through reshapes,
 * transposes and products, to any tensor.
 *
 * <p>The first dimension of a placeholder, and of what an unknown operation makes of whole batches,
 * counts examples. Where an unknown operation meets a dimension that counts examples together with
 * something else, the trace is lost, with the operation's name.
 */
final class AxisTracker {

  private static final Set<String> SOURCES =
      Set.of("Placeholder", "PlaceholderWithDefault", "IteratorGetNext", "QueueDequeueV2");

  private static final Set<String> SIZES = Set.of("Shape", "ShapeN", "Size", "Rank");

  private final Map<Output<?>, Traced> traces = new HashMap<>();
  private final Set<GraphOperation> open = new HashSet<>();
  private final Set<GraphOperation> ofData = new HashSet<>();
  private final boolean fed;

  AxisTracker(List<? extends Operand<?>> losses) {
    this.fed =
        Reach.from(losses.stream().map(Reach::source).toList(), Reach::sources).stream()
            .anyMatch(operation -> isSource(operation) && isBatch(operation));
  }

  /** Whether examples enter what the losses are computed from by something else than constants. */
  boolean isFed() {
    return fed;
  }

  /** Meaning of the dimensions of a tensor. */
  Traced of(Output<?> output) {
    Traced known = traces.get(output);
    if (known != null) {
      return known;
    }
    Deque<GraphOperation> stack = new ArrayDeque<>();
    stack.push((GraphOperation) output.op());
    while (!stack.isEmpty()) {
      GraphOperation operation = stack.peek();
      boolean waiting = false;
      if (open.add(operation)) {
        for (Operand<?> input : operation.inputs()) {
          if (!traces.containsKey(input.asOutput())
              && input.op() instanceof GraphOperation source
              && !open.contains(source)) {
            stack.push(source);
            waiting = true;
          }
        }
      }
      if (!waiting) {
        stack.pop();
        if (isOfData(operation)) {
          ofData.add(operation);
        }
        for (int i = 0; i < operation.numOutputs(); i++) {
          if (!traces.containsKey(operation.output(i))) {
            traces.put(operation.output(i), trace(operation, operation.output(i)));
          }
        }
      }
    }
    return traces.getOrDefault(output, new Lost("it is computed from itself"));
  }

  /** Whether data enter the values of a tensor, not only its shape. */
  boolean isOfData(Output<?> output) {
    of(output);
    return output.op() instanceof GraphOperation operation && ofData.contains(operation);
  }

  private boolean isOfData(GraphOperation operation) {
    if (isSource(operation)) {
      return isBatch(operation);
    }
    return !SIZES.contains(operation.type()) && Reach.sources(operation).anyMatch(ofData::contains);
  }

  /**
   * The operation that made something that no dimension of counts examples out of something that
   * has examples.
   */
  Optional<GraphOperation> endOfExamples(Output<?> output) {
    if (!isOfData(output)) {
      return Optional.empty();
    }
    return Reach.from(List.of(Reach.source(output)), this::sourcesOfData).stream()
        .filter(operation -> operation.inputs().stream().anyMatch(this::hasExamples))
        .findFirst();
  }

  private Stream<GraphOperation> sourcesOfData(GraphOperation operation) {
    return Reach.sources(operation).filter(ofData::contains);
  }

  private boolean hasExamples(Operand<?> value) {
    return of(value.asOutput()).axes().filter(Axes::hasExamples).isPresent();
  }

  private static boolean isBatch(GraphOperation source) {
    return source.numOutputs() > 0 && !source.output(0).shape().isScalar();
  }

  private static boolean isSource(GraphOperation operation) {
    return SOURCES.contains(operation.type());
  }

  private Traced trace(GraphOperation operation, Output<?> output) {
    if (isHandle(output)) {
      return Traced.of(new Axes(List.of()));
    }
    if (isSource(operation)) {
      return entering(output);
    }
    List<Traced> inputs = new ArrayList<>();
    for (Operand<?> input : operation.inputs()) {
      inputs.add(traces.getOrDefault(input.asOutput(), new Lost("it is computed from itself")));
    }
    return AxisRules.of(operation, output, inputs, shape(output));
  }

  private static boolean isHandle(Output<?> output) {
    DataType type = output.dataType();
    return type == DataType.DT_RESOURCE || type == DataType.DT_VARIANT;
  }

  private static Traced entering(Output<?> output) {
    Shape shape = shape(output);
    if (shape.isUnknown()) {
      return new Unranked("'" + output.op().name() + "' has an unknown rank");
    }
    if (shape.numDimensions() == 0) {
      return new Known(Axes.of(shape));
    }
    return new Known(Axes.batch(output, shape));
  }

  /** The shape of a tensor, with what the products that it enters say about its last dimension. */
  static Shape shape(Output<?> output) {
    Shape shape = output.shape();
    if (shape.isUnknown()
        || shape.numDimensions() < 2
        || shape.get(shape.numDimensions() - 1) != Shape.UNKNOWN_SIZE) {
      return shape;
    }
    for (GraphOperation consumer : ((GraphOperation) output.op()).consumers(output.index())) {
      boolean multiplied =
          consumer.type().equals("MatMul")
              && consumer.input(0).equals(output)
              && !consumer.attributes().getAttrBool("transpose_a");
      if (multiplied && !consumer.input(1).shape().isUnknown()) {
        boolean transposed = consumer.attributes().getAttrBool("transpose_b");
        long[] sizes = shape.asArray();
        sizes[sizes.length - 1] = consumer.input(1).shape().get(transposed ? 1 : 0);
        return Shape.of(sizes);
      }
    }
    return shape;
  }

  /**
   * The dimensions of a layer's input, of which exactly one part counts the examples.
   *
   * @param positions dimensions that do not count features
   */
  Traced axes(Output<?> input, GraphOperation layer, List<Integer> positions) {
    Traced traced = of(input);
    boolean unranked = traced instanceof Unranked && !shape(input).isUnknown();
    boolean transposed = isSource(Reach.source(input)) && !positions.contains(0);
    boolean fixed = !fed && traced.axes().filter(axes -> !axes.hasExamples()).isPresent();
    if (fixed && !unranked && !transposed && !positions.contains(0)) {
      return new Lost("it is not known what counts the examples of " + LayerMatch.describe(layer));
    }
    return unranked || transposed || fixed
        ? first(input, positions, layer)
        : traced.map(axes -> checked(axes, input, layer, positions));
  }

  /** The dimensions of a layer's input that are all examples and positions. */
  Traced axes(Output<?> input, GraphOperation layer) {
    Traced traced = of(input);
    Optional<Axes> axes = traced.axes();
    if (axes.isEmpty()) {
      return traced instanceof Unranked && !input.shape().isUnknown()
          ? axes(input, layer, IntStream.range(0, input.shape().numDimensions()).boxed().toList())
          : traced;
    }
    return axes(input, layer, IntStream.range(0, axes.get().rank()).boxed().toList());
  }

  private Traced checked(
      Axes axes, Output<?> input, GraphOperation layer, List<Integer> positions) {
    String what = LayerMatch.describe(layer);
    List<Integer> counting =
        IntStream.range(0, axes.rank()).filter(axes::hasExamples).boxed().toList();
    if (counting.isEmpty()) {
      String cause =
          endOfExamples(input)
              .map(end -> ": " + LayerMatch.describe(end) + " picks or joins some of them")
              .orElse("");
      return new Lost("the input of " + what + " is the same for all examples" + cause);
    }
    if (counting.size() > 1 || !positions.contains(counting.get(0))) {
      return new Lost("examples are mixed by " + what);
    }
    return Traced.of(axes);
  }

  /** The first dimension of something that comes from constants counts the examples. */
  private static Traced first(Output<?> input, List<Integer> positions, GraphOperation layer) {
    return positions.isEmpty()
        ? new Lost(LayerMatch.describe(layer) + " is applied once, not to examples")
        : Traced.of(Axes.batch(input, shape(input), positions.get(0)));
  }
}
