package io.github.tfkfac.tools.memory;

import io.github.tfkfac.tools.memory.StaticShapes.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Bounds of shapes that depend on values.
 *
 * <ul>
 *   <li>{@code NonMaxSuppression}: every box is kept.
 *   <li>{@code Where}: every entry is true. Where several ask one tensor for equality with
 *       different constants, as the pyramid's levels do for their regions, no entry is true for two
 *       of them: each gets an equal share, so that together they are as large as they can be.
 *   <li>{@code BroadcastGradientArgs}: every axis is summed over.
 *   <li>{@code DynamicStitch}: as long as its parts together.
 *   <li>{@code FusedBatchNormV3}: on a CPU nothing is kept for the backward pass in its last
 *       output.
 * </ul>
 */
final class LargestShape {

  private static final String WHERE = "Where";
  private static final String SUPPRESSION = "NonMaxSuppressionV";

  private static final String NORMALIZATION = "FusedBatchNormV3";
  private static final String STITCH = "DynamicStitch";
  private static final String SUMMED_AXES = "BroadcastGradientArgs";

  private final Map<String, List<Tensor>> found;
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, Integer> questions = new HashMap<>();

  LargestShape(GraphDef graph, Map<String, List<Tensor>> found) {
    this.found = found;
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph.getNodeList().stream()
        .filter(node -> node.getOp().equals(WHERE))
        .forEach(node -> asked(node).ifPresent(of -> questions.merge(of, 1, Integer::sum)));
  }

  /** Bounds of an operation's outputs; empty if it needs none, has none or its input is open. */
  Optional<List<Tensor>> of(NodeDef node) {
    if (!Set.of(WHERE, NORMALIZATION).contains(node.getOp())
        && !node.getOp().startsWith(SUPPRESSION)) {
      return Optional.empty();
    }
    Shape input = shape(node, 0);
    if (input.hasUnknownDimension()) {
      return Optional.empty();
    }
    if (node.getOp().equals(WHERE)) {
      long parts = asked(node).map(questions::get).orElse(1);
      return bounded(
          node, Shape.of((input.size() + parts - 1) / parts, Math.max(1, input.numDimensions())));
    }
    return bounded(node, node.getOp().equals(NORMALIZATION) ? Shape.of(0) : Shape.of(input.get(0)));
  }

  /**
   * Bounds that say how large an output is, without taking the operation's place: which axes a
   * gradient sums over may be known though their number, as a shape, is not; and the parts that a
   * stitch puts together may be bounds themselves.
   */
  Optional<List<Tensor>> ofSize(NodeDef node) {
    if (node.getOp().equals(SUMMED_AXES)) {
      Shape first = shape(node, 0);
      Shape second = shape(node, 1);
      return first.hasUnknownDimension() || second.hasUnknownDimension()
          ? Optional.empty()
          : bounded(node, Shape.of(Math.max(first.get(0), second.get(0))));
    }
    return node.getOp().equals(STITCH) ? stitched(node) : Optional.empty();
  }

  /** No index occurs twice: as many rows as all parts have. */
  private Optional<List<Tensor>> stitched(NodeDef node) {
    int parts = Math.toIntExact(node.getAttrOrThrow("N").getI());
    long values = 0;
    for (int part = 0; part < parts; part++) {
      Shape data = shape(node, parts + part);
      if (data.hasUnknownDimension()) {
        return Optional.empty();
      }
      values += data.size();
    }
    return bounded(node, Shape.of(values));
  }

  private Optional<List<Tensor>> bounded(NodeDef node, Shape bound) {
    List<Tensor> outputs = found.getOrDefault(node.getName(), List.of());
    return outputs.stream().noneMatch(LargestShape::open)
        ? Optional.empty()
        : Optional.of(
            outputs.stream()
                .map(output -> open(output) ? new Tensor(bound, output.elementBytes()) : output)
                .toList());
  }

  /** The tensor that is compared with a constant to find the entries. */
  private Optional<String> asked(NodeDef where) {
    NodeDef condition = nodes.get(Source.parse(where.getInput(0)).operation());
    if (condition == null || !condition.getOp().equals("Equal")) {
      return Optional.empty();
    }
    NodeDef other = nodes.get(Source.parse(condition.getInput(1)).operation());
    return other != null && other.getOp().equals("Const")
        ? Optional.of(condition.getInput(0))
        : Optional.empty();
  }

  private static boolean open(Tensor tensor) {
    return tensor.shape().hasUnknownDimension();
  }

  private Shape shape(NodeDef node, int input) {
    Source source = Source.parse(node.getInput(input));
    List<Tensor> outputs = found.getOrDefault(source.operation(), List.of());
    return outputs.get(source.index()).shape();
  }

  /** The type of an output of an operation that can be bounded. */
  static DataType type(NodeDef node, int output) {
    if (node.getOp().equals(WHERE)) {
      return DataType.DT_INT64;
    }
    if (node.getOp().equals(NORMALIZATION)) {
      return node.getAttrOrThrow(output == 0 ? "T" : "U").getType();
    }
    boolean scores = node.getOp().endsWith("V5") && output == 1;
    return scores ? node.getAttrOrThrow("T").getType() : DataType.DT_INT32;
  }
}
