package io.github.tfkfac.models.savedmodel;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/**
 * The objects of a model that TensorFlow 2 wrote: which one a saved value belongs to, which ones a
 * function captures, and which variables the model declares as not trained.
 */
final class SavedObjects {

  private static final String ATTRIBUTES = "/.ATTRIBUTES/";
  private static final String TRAINABLE = "trainable_variables";
  private static final String NON_TRAINABLE = "non_trainable_variables";
  private static final Set<String> STEP_COUNTERS = Set.of("_iterations", "iterations", "iter");

  private final SavedObjectGraph graph;
  private final Map<Integer, Map<String, Integer>> children = new HashMap<>();
  private final Set<Integer> frozen = new HashSet<>();
  private final Set<Integer> ofOptimizers = new HashSet<>();

  SavedObjects(SavedObjectGraph graph) {
    this.graph = graph;
    if (graph.getNodesCount() == 0) {
      return;
    }
    Set<Integer> optimized = new HashSet<>();
    for (int node = 0; node < graph.getNodesCount(); node++) {
      frozen.addAll(members(node, NON_TRAINABLE));
      frozen.addAll(adapted(node));
      if (!Collections.disjoint(children(node).keySet(), STEP_COUNTERS)) {
        optimized.addAll(members(node, "_trainable_variables"));
        ofOptimizers.addAll(children(node).values());
      }
    }
    if (!optimized.isEmpty()) {
      variables().filter(node -> !optimized.contains(node)).forEach(frozen::add);
    }
    members(0, TRAINABLE).forEach(frozen::remove);
  }

  /** The variables in a list that an object has under a name. */
  private Set<Integer> members(int node, String list) {
    Integer found = children(node).get(list);
    return found == null ? Set.of() : new HashSet<>(children(found).values());
  }

  /** The weights of a layer that has low-rank adapters for them, which are trained instead. */
  private Set<Integer> adapted(int node) {
    Map<String, Integer> of = children(node);
    Set<Integer> found = new HashSet<>();
    for (String name : of.keySet()) {
      if (name.startsWith("lora_") && name.endsWith("_a")) {
        String weight = name.substring("lora_".length(), name.length() - "_a".length());
        Stream.of(weight, "_" + weight).filter(of::containsKey).map(of::get).forEach(found::add);
      }
    }
    return found;
  }

  private Stream<Integer> variables() {
    return Stream.iterate(0, node -> node < graph.getNodesCount(), node -> node + 1)
        .filter(this::isVariable);
  }

  /** Whether an object is a variable. */
  boolean isVariable(int node) {
    return node >= 0 && node < graph.getNodesCount() && graph.getNodes(node).hasVariable();
  }

  /** Whether the model has objects that are variables. */
  boolean hasVariables() {
    return variables().findAny().isPresent();
  }

  /** The name of a variable, as the program that saved the model called it; may be empty. */
  String name(int variable) {
    return graph.getNodes(variable).getVariable().getName();
  }

  /** Element type of a variable. */
  DataType type(int variable) {
    return graph.getNodes(variable).getVariable().getDtype();
  }

  /**
   * Whether a variable is declared trainable: its own mark, and the lists of variables that the
   * model and its optimizer keep. Empty for no objects.
   */
  Optional<Boolean> trainable(Collection<Integer> variables) {
    return variables.isEmpty()
        ? Optional.empty()
        : Optional.of(
            variables.stream()
                .allMatch(
                    node ->
                        graph.getNodes(node).getVariable().getTrainable()
                            && !frozen.contains(node)));
  }

  /** Whether a variable is an optimizer's own, such as its learning rate. */
  boolean isOptimizers(int variable) {
    return ofOptimizers.contains(variable);
  }

  /** The objects that a function of the model captures, in the order of its last arguments. */
  List<Integer> captured(String function) {
    return graph
        .getConcreteFunctionsOrDefault(function, SavedConcreteFunction.getDefaultInstance())
        .getBoundInputsList();
  }

  /** The number of the object whose value has this name in the checkpoint. */
  Optional<Integer> node(String checkpointKey) {
    int end = checkpointKey.indexOf(ATTRIBUTES);
    if (end < 0 || graph.getNodesCount() == 0) {
      return Optional.empty();
    }
    int node = 0;
    for (String part : checkpointKey.substring(0, end).split("/", -1)) {
      Integer child = children(node).get(part);
      if (child == null) {
        return Optional.empty();
      }
      node = child;
    }
    return Optional.of(node);
  }

  /** A child of the model itself. */
  Optional<SavedObject> child(String name) {
    return graph.getNodesCount() == 0
        ? Optional.empty()
        : Optional.ofNullable(children(0).get(name)).map(graph::getNodes);
  }

  private Map<String, Integer> children(int node) {
    return children.computeIfAbsent(
        node,
        parent -> {
          Map<String, Integer> found = new HashMap<>();
          for (ObjectReference child : graph.getNodes(parent).getChildrenList()) {
            found.put(escaped(child.getLocalName()), child.getNodeId());
          }
          return found;
        });
  }

  /** As TensorFlow writes an object's name into a checkpoint. */
  private static String escaped(String name) {
    return name.replace(".", "..").replace("/", ".S");
  }
}
