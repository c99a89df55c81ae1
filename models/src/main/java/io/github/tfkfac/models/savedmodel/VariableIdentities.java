package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.savedmodel.RestoredVariables.Restored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Matches out which handles in a model's graph, which of its objects and which values in its
 * checkpoint are the same variable.
 *
 * <p>A value belongs to the handle that the restore operation assigns it to, and to the object that
 * its name leads to. A handle belongs to an object if the one is an argument of a function's call
 * where the function captures the other.
 */
final class VariableIdentities {

  /**
   * A variable that has a saved value.
   *
   * @param handle its node in the graph, the one that signatures use; the others stand for it
   * @param handles names of all its nodes in the graph
   * @param keys names of its values in the checkpoint, the one that is read first
   * @param slice part of the values, {@code ""} for all
   * @param objects numbers of its objects
   * @param captured whether a function of the model uses it
   */
  record Identity(
      Optional<NodeDef> handle,
      Set<String> handles,
      List<String> keys,
      String slice,
      Set<Integer> objects,
      boolean captured) {}

  /** A node, a saved value or an object. */
  private sealed interface Part {}

  private record Handle(String node) implements Part {}

  private record Value(String key, String slice) implements Part {}

  private record Variable(int object) implements Part {}

  private final SavedObjects objects;
  private final CheckpointIndex checkpoint;
  private final Map<String, NodeDef> nodes;
  private final Map<Part, Part> parents = new LinkedHashMap<>();
  private final Set<String> called = new LinkedHashSet<>();
  private final Map<String, Value> restored = new LinkedHashMap<>();

  private VariableIdentities(MetaGraphDef model, SavedObjects objects, CheckpointIndex checkpoint) {
    this.objects = objects;
    this.checkpoint = checkpoint;
    this.nodes = GraphSlice.nodes(model.getGraphDef());
  }

  /**
   * The variables of a model: in the order of its objects, then those that have none in the order
   * of the graph.
   */
  static List<Identity> of(
      MetaGraphDef model,
      List<Restored> restored,
      SavedObjects objects,
      CheckpointIndex checkpoint) {
    VariableIdentities found = new VariableIdentities(model, objects, checkpoint);
    found.joinRestored(restored);
    found.joinShared(model);
    found.joinObjects();
    found.joinCaptured(model);
    return found.all();
  }

  private void joinRestored(List<Restored> all) {
    for (Restored one : all) {
      Value value = new Value(one.key(), one.slice());
      nodes.putIfAbsent(one.node().getName(), one.node());
      restored.put(one.node().getName(), value);
      join(new Handle(one.node().getName()), value);
    }
  }

  /** Handles of equal containers and shared names are handles to the same variable. */
  private void joinShared(MetaGraphDef model) {
    Map<String, String> first = new HashMap<>();
    for (NodeDef node : model.getGraphDef().getNodeList()) {
      VariableHandles.resource(node)
          .map(resource -> first.putIfAbsent(resource, node.getName()))
          .ifPresent(other -> join(new Handle(other), new Handle(node.getName())));
    }
  }

  private void joinObjects() {
    Set<String> sliced = new HashSet<>();
    restored.values().stream()
        .filter(value -> !value.slice().isEmpty())
        .forEach(value -> sliced.add(value.key()));
    for (String key : checkpoint.entries().keySet()) {
      objects
          .node(key)
          .filter(objects::isVariable)
          .filter(object -> !sliced.contains(key))
          .ifPresent(object -> join(new Variable(object), new Value(key, "")));
    }
  }

  private void joinCaptured(MetaGraphDef model) {
    Map<String, FunctionDef> functions = FunctionCall.functions(model.getGraphDef().getLibrary());
    for (NodeDef node : model.getGraphDef().getNodeList()) {
      FunctionCall.of(node, functions).ifPresent(call -> joinCaptured(node, call.name()));
    }
  }

  private void joinCaptured(NodeDef call, String function) {
    List<Integer> captured = objects.captured(function);
    List<TensorRef> inputs =
        TensorRef.inputs(call).stream().filter(input -> !input.isControl()).toList();
    int first = inputs.size() - captured.size();
    for (int i = Math.max(0, -first); i < captured.size(); i++) {
      NodeDef handle = source(inputs.get(first + i));
      int object = captured.get(i);
      if (handle != null && objects.isVariable(object) && objects.type(object) == type(handle)) {
        called.add(handle.getName());
        join(new Variable(object), new Handle(handle.getName()));
      }
    }
  }

  private @Nullable NodeDef source(TensorRef input) {
    NodeDef node = nodes.get(input.node());
    while (node != null && node.getOp().equals("Identity")) {
      node = nodes.get(TensorRef.parse(node.getInput(0)).node());
    }
    return node != null && node.getOp().equals(GraphVariable.RESOURCE) ? node : null;
  }

  private static DataType type(NodeDef handle) {
    return handle.getAttrOrThrow("dtype").getType();
  }

  private List<Identity> all() {
    Map<Part, List<Part>> groups = new LinkedHashMap<>();
    for (Part part : parents.keySet()) {
      groups.computeIfAbsent(root(part), root -> new ArrayList<>()).add(part);
    }
    List<Identity> found = new ArrayList<>();
    groups.values().forEach(parts -> identity(parts).ifPresent(found::add));
    found.sort(
        Comparator.comparingInt(
            one -> one.objects().stream().findFirst().orElse(Integer.MAX_VALUE)));
    return List.copyOf(found);
  }

  private Optional<Identity> identity(List<Part> parts) {
    List<String> handles = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    TreeSet<Integer> variables = new TreeSet<>();
    for (Part part : parts) {
      if (part instanceof Handle handle) {
        handles.add(handle.node());
      } else if (part instanceof Value value) {
        values.add(value);
      } else if (part instanceof Variable variable) {
        variables.add(variable.object());
      }
    }
    if (values.isEmpty()) {
      return Optional.empty();
    }
    // The handle that signatures use, else one that is restored; and its own value first.
    handles.sort(
        Comparator.comparing((String handle) -> !called.contains(handle))
            .thenComparing(handle -> !restored.containsKey(handle)));
    Optional<NodeDef> main = handles.stream().findFirst().map(nodes::get);
    Optional<Value> own = main.map(node -> restored.get(node.getName()));
    values.sort(Comparator.comparing((Value value) -> !own.equals(Optional.of(value))));
    return Optional.of(
        new Identity(
            main,
            Set.copyOf(handles),
            values.stream().map(Value::key).distinct().toList(),
            values.get(0).slice(),
            variables,
            handles.stream().anyMatch(called::contains)));
  }

  private void join(Part one, Part other) {
    Part first = root(one);
    Part second = root(other);
    if (!first.equals(second)) {
      parents.put(second, first);
    }
  }

  private Part root(Part part) {
    Part found = part;
    Part parent = parents.computeIfAbsent(found, self -> self);
    while (!parent.equals(found)) {
      found = parent;
      parent = parents.getOrDefault(found, found);
    }
    return found;
  }
}
