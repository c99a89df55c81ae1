package io.github.tfkfac.models.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;

/**
 * The order in which a graph reads and changes its variables, tables and states of random
 * generators.
 *
 * <p>Two accesses to the same resource that are not both reads have an order if one depends on the
 * other, by whatever way. {@link #before} has that order as pairs, so that control edges may be
 * removed without losing it.
 */
final class ResourceAccesses {

  private static final Pattern READ =
      Pattern.compile(
          "ReadVariableOp|ReadVariableXlaSplitND|ResourceGather(Nd)?|VariableShape"
              + "|VarIsInitializedOp|IsVariableInitialized|DisableCopyOnRead"
              + "|LookupTable(Find|Size|Export)(V2)?");

  private record Access(String resource, boolean isRead) {}

  private final Map<String, NodeDef> nodes;
  private final Map<String, List<Access>> accesses = new HashMap<>();
  private final List<String> accessing = new ArrayList<>();
  private final Map<String, BitSet> behind = new HashMap<>();

  ResourceAccesses(GraphDef graph) {
    this.nodes = GraphSlice.nodes(graph);
    graph.getNodeList().forEach(node -> accesses.put(node.getName(), of(node)));
    Set<String> changed = new HashSet<>();
    for (List<Access> some : accesses.values()) {
      some.stream().filter(one -> !one.isRead()).forEach(one -> changed.add(one.resource()));
    }
    for (NodeDef node : graph.getNodeList()) {
      if (of(node.getName()).stream().anyMatch(one -> changed.contains(one.resource()))) {
        accessing.add(node.getName());
      }
    }
    accessing.forEach(this::collect);
  }

  /** The earlier accesses whose order with a node's own decides values. */
  List<String> before(String node) {
    BitSet earlier = behind.get(node);
    if (earlier == null || of(node).isEmpty()) {
      return List.of();
    }
    return earlier.stream()
        .mapToObj(accessing::get)
        .filter(other -> !other.equals(node) && inConflict(of(other), of(node)))
        .toList();
  }

  private static boolean inConflict(List<Access> earlier, List<Access> later) {
    return earlier.stream()
        .anyMatch(
            one ->
                later.stream()
                    .anyMatch(
                        two ->
                            one.resource().equals(two.resource())
                                && !(one.isRead() && two.isRead())));
  }

  /** The resources that a node changes, by the names of the operations that make their handles. */
  List<String> changed(String node) {
    return of(node).stream().filter(one -> !one.isRead()).map(Access::resource).toList();
  }

  private List<Access> of(String node) {
    return accesses.getOrDefault(node, List.of());
  }

  /** Matches for a node and all that it depends on which accesses are behind each of them. */
  private void collect(String start) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < accessing.size(); i++) {
      places.put(accessing.get(i), i);
    }
    Deque<String> open = new ArrayDeque<>(List.of(start));
    Set<String> entered = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.peek();
      NodeDef node = nodes.get(name);
      if (node == null || behind.containsKey(name)) {
        open.pop();
      } else if (entered.add(name)) {
        TensorRef.dependencies(node).stream()
            .map(TensorRef::node)
            .filter(input -> !behind.containsKey(input) && !entered.contains(input))
            .forEach(open::push);
      } else {
        open.pop();
        BitSet found = new BitSet();
        for (TensorRef input : TensorRef.dependencies(node)) {
          found.or(behind.getOrDefault(input.node(), new BitSet()));
          Integer place = places.get(input.node());
          if (place != null) {
            found.set(place);
          }
        }
        behind.put(name, found);
      }
    }
  }

  private List<Access> of(NodeDef node) {
    OpDef definition = OutputPorts.definition(node.getOp());
    List<TensorRef> inputs =
        TensorRef.inputs(node).stream().filter(input -> !input.isControl()).toList();
    List<Access> found = new ArrayList<>();
    if (isPassedOn(node, definition) || node.getOp().equals("IdentityN")) {
      return found;
    }
    for (int i = 0; i < inputs.size(); i++) {
      Optional<Handle> handle = handle(inputs.get(i));
      if (handle.isPresent()) {
        boolean isRead =
            handle.get().isReference()
                ? !isReference(definition, node, i)
                : READ.matcher(node.getOp()).matches();
        found.add(new Access(handle.get().resource(), isRead));
      }
    }
    return found;
  }

  /** Origin of a handle, and whether it is a reference to a variable of TensorFlow 1. */
  private record Handle(String resource, boolean isReference) {}

  private Optional<Handle> handle(TensorRef tensor) {
    NodeDef node = nodes.get(tensor.node());
    boolean isReference = false;
    while (node != null) {
      OpDef definition = OutputPorts.definition(node.getOp());
      if (isPassedOn(node, definition)) {
        node = nodes.get(TensorRef.parse(node.getInput(0)).node());
        continue;
      }
      if (definition == null || definition.getOutputArgCount() == 0) {
        return Optional.empty();
      }
      ArgDef output = definition.getOutputArg(0);
      if (output.getIsRef()) {
        isReference = true;
        if (isReference(definition, node, 0)) {
          node = nodes.get(TensorRef.parse(node.getInput(0)).node());
          continue;
        }
      } else if (output.getType() != DataType.DT_RESOURCE) {
        return Optional.empty();
      }
      return Optional.of(new Handle(node.getName(), isReference));
    }
    return Optional.empty();
  }

  /** Whether a node does nothing but hand a handle on. */
  private static boolean isPassedOn(NodeDef node, @Nullable OpDef definition) {
    return definition != null
        && node.getInputCount() > 0
        && node.getOp().equals("Identity")
        && node.getAttrOrDefault("T", AttrValue.getDefaultInstance()).getType()
            == DataType.DT_RESOURCE;
  }

  private static boolean isReference(@Nullable OpDef definition, NodeDef node, int input) {
    if (definition == null || node.getInputCount() == 0) {
      return false;
    }
    int first = 0;
    for (ArgDef argument : definition.getInputArgList()) {
      int size = OutputPorts.size(argument, node, definition);
      if (input < first + size) {
        return argument.getIsRef();
      }
      first += size;
    }
    return false;
  }
}
