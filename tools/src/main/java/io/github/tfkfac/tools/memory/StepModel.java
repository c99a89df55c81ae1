package io.github.tfkfac.tools.memory;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.proto.GraphDef;

/**
 * A training step, ready to be asked for its memory.
 *
 * <p>Memory that kernels use for themselves, such as copies in other layouts, is left out, and so
 * is what the allocator wastes.
 */
public final class StepModel {

  private final StepGraph graph;
  private final StaticShapes shapes;
  private final List<StepGraph.Edge> fetched;

  private StepModel(StepGraph graph, StaticShapes shapes, List<StepGraph.Edge> fetched) {
    this.graph = graph;
    this.shapes = shapes;
    this.fetched = fetched;
  }

  /**
   * The step that runs {@code targets}.
   *
   * @param inputs full shapes of the placeholders, by name
   */
  public static StepModel of(
      Graph graph, List<? extends Op> targets, List<Operand<?>> fetches, Map<String, Shape> inputs) {
    List<String> names =
        Stream.concat(targets.stream(), fetches.stream().map(fetch -> (Op) fetch))
            .map(op -> op.op().name())
            .toList();
    GraphDef needed = StepGraph.needed(graph.toGraphDef(), names);
    StaticShapes shapes = StaticShapes.of(needed, inputs);
    StepGraph step = StepGraph.of(needed, shapes);
    return new StepModel(
        step,
        shapes,
        fetches.stream()
            .map(Operand::asOutput)
            .map(
                output ->
                    new StepGraph.Edge(
                        step.places().getOrDefault(output.op().name(), -1), output.index()))
            .toList());
  }

  /** Shapes of everything in the step. */
  public StaticShapes shapes() {
    return shapes;
  }

  /** The memory of the step after {@code step} others, in the order that needs more. */
  public StepMemory at(long step) {
    StepMemory oldest = at(step, Order.OLDEST);
    StepMemory newest = at(step, Order.NEWEST);
    return newest.temporaryBytes() > oldest.temporaryBytes() ? newest : oldest;
  }

  /** The memory of the step in a given order. */
  public StepMemory at(long step, Order order) {
    return new StepWalk(graph, new Decisions(graph, step), order).run(step, fetched);
  }
}
