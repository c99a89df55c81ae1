package io.github.tfkfac.internal.graph;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;

/** Walks through a graph, breadth first. */
public final class Reach {

  private Reach() {}

  /**
   * Everything that is reached, in the order in which it is found.
   *
   * @param starts where the walk begins; part of the result
   * @param next what one step leads to; asked once for everything that is reached
   */
  public static <N> Set<N> from(
      Collection<? extends N> starts, Function<N, ? extends Stream<? extends N>> next) {
    Set<N> reached = new LinkedHashSet<>(starts);
    Deque<N> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      next.apply(open.remove()).filter(reached::add).forEach(open::add);
    }
    return reached;
  }

  /** The operation that puts a value out. */
  public static GraphOperation source(Operand<?> value) {
    return (GraphOperation) value.op();
  }

  /** The operations whose outputs an operation takes. */
  public static Stream<GraphOperation> sources(GraphOperation operation) {
    return operation.inputs().stream().map(Reach::source);
  }
}
