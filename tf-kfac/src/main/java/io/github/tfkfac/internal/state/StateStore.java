package io.github.tfkfac.internal.state;

import io.github.tfkfac.extension.GraphVariable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Operands;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/**
 * Creates every variable that training keeps besides the model's own, under a stable name, and
 * lists them.
 *
 * <p>They are resource variables: a read never sees half of a later assignment, and an assignment
 * moves the buffer. The initial values are set by {@code Session.initialize()}.
 */
public final class StateStore {

  private final Graph graph;
  private final String prefix;
  private final List<GraphVariable<?>> variables = new ArrayList<>();
  private @Nullable Ops initialValues;

  /**
   * An empty store.
   *
   * @param graph where variables are created
   * @param prefix first part of every name
   */
  public StateStore(Graph graph, String prefix) {
    this.graph = graph;
    this.prefix = prefix;
  }

  /**
   * Creates a variable.
   *
   * @param name name below the store's prefix, parts separated by slashes
   * @param type element type
   * @param shape fixed shape
   * @param initialValue builds the initial value; it must not depend on anything outside the given
   *     {@code Ops}
   * @throws IllegalStateException if the graph already has an operation of that name
   */
  public <T extends TType> GraphVariable<T> create(
      String name, Class<T> type, Shape shape, Function<Ops, Operand<T>> initialValue) {
    return create(name, type, shape, initialValue, "");
  }

  /** Creates a variable that other workers do not have. */
  public <T extends TType> GraphVariable<T> createOfOneWorker(
      String name, Class<T> type, Shape shape, Function<Ops, Operand<T>> initialValue) {
    return create(name, type, shape, initialValue, VariableAccess.OF_ONE_WORKER);
  }

  private <T extends TType> GraphVariable<T> create(
      String name,
      Class<T> type,
      Shape shape,
      Function<Ops, Operand<T>> initialValue,
      String container) {
    String fullName = prefix + "/" + name;
    if (graph.operation(fullName) != null) {
      boolean isOwn = variables.stream().anyMatch(variable -> variable.name().equals(fullName));
      throw new IllegalStateException(
          isOwn
              ? "expected one variable of the optimizer named '%s', found two; give the slot of the update rule or the variable of the curvature block another name"
                  .formatted(fullName)
              : "the graph already has '%s': a graph takes one optimizer; build another graph for another one"
                  .formatted(fullName));
    }
    Output<?> handle =
        graph
            .opBuilder(GraphVariable.RESOURCE, fullName, graph.baseScope())
            .setAttr("dtype", Operands.toDataType(type))
            .setAttr("shape", shape)
            .setAttr("shared_name", fullName)
            .setAttr("container", container)
            .build()
            .output(0);
    Ops init = initialValues();
    init.assignVariableOp(handle, initialValue.apply(init));
    GraphVariable<T> variable = new GraphVariable.Resource<>(handle, type, shape);
    variables.add(variable);
    return variable;
  }

  /** Made once, because a new scope lists the whole graph. */
  private Ops initialValues() {
    if (initialValues == null) {
      initialValues = Ops.create(graph).withInitScope().withSubScope(prefix + "_initial");
    }
    return initialValues;
  }

  /** All variables, in the order of their creation. */
  public List<GraphVariable<?>> variables() {
    return Collections.unmodifiableList(variables);
  }
}
