package io.github.tfkfac.tools.memory;

import io.github.tfkfac.KfacOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
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
   * The step that runs an operation.
   *
   * @param fetches outputs that are wanted in addition
   * @param inputs full shapes of the placeholders, by name
   */
  public static StepModel of(
      Operation target, List<? extends Operand<?>> fetches, Map<String, Shape> inputs) {
    Set<String> names = new LinkedHashSet<>(Set.of(target.name()));
    fetches.forEach(fetch -> names.add(fetch.op().name()));
    GraphDef needed = StepGraph.needed(((Graph) target.env()).toGraphDef(), names);
    StaticShapes shapes = StaticShapes.of(needed, inputs);
    StepGraph step = StepGraph.of(needed, shapes);
    List<StepGraph.Edge> fetched = new ArrayList<>();
    for (Operand<?> fetch : fetches) {
      Output<?> output = fetch.asOutput();
      Integer place = step.places().get(output.op().name());
      fetched.add(new StepGraph.Edge(Objects.requireNonNull(place), output.index()));
    }
    return new StepModel(step, shapes, List.copyOf(fetched));
  }

  /** Shapes of everything in the step. */
  public StaticShapes shapes() {
    return shapes;
  }

  /** The operations of the step, those of parts that are not due included. */
  public StepGraph graph() {
    return graph;
  }

  /** The places in the graph of the operations that run in the step after {@code step} others. */
  public BitSet running(long step) {
    StepWalk walk = new StepWalk(graph, new Decisions(graph, step), Order.OLDEST);
    walk.run(step, fetched);
    return walk.ran();
  }

  /** The memory of the first step of each kind in a training of this many steps. */
  public Map<StepKind, StepMemory> byKind(Optional<KfacOptions> options, long steps) {
    Map<StepKind, StepMemory> all = new EnumMap<>(StepKind.class);
    for (StepKind kind : StepKind.values()) {
      kind.first(options, steps).ifPresent(step -> all.put(kind, at(step)));
    }
    return all;
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
