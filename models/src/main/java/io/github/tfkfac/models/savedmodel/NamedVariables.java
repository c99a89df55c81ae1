package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.savedmodel.VariableIdentities.Identity;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A model's variables under the names that the model gives them.
 *
 * <p>A variable's name is that of its object; without an object, that of its node. Where several
 * have the same name, all but the first get a number: {@code w}, {@code w_1}, {@code w_2}, those
 * that functions use before the others. In the graph there is one handle for every variable, and it
 * has the variable's name.
 *
 * @param graph the graph
 * @param variables the variables by name, in their order
 */
record NamedVariables(GraphDef graph, Map<String, Identity> variables) {

  private static final String UNSAVED = "_unsaved";

  /** Names variables and their handles in a graph. */
  static NamedVariables of(GraphDef graph, List<Identity> variables, SavedObjects objects) {
    Map<String, NodeDef> nodes = GraphSlice.nodes(graph);
    Map<Identity, String> found = new HashMap<>();
    Map<Identity, String> wanted = new LinkedHashMap<>();
    for (Identity variable : variables) {
      boolean inGraph = variable.handle().map(one -> nodes.containsKey(one.getName())).orElse(true);
      if (variable.objects().isEmpty() || !inGraph) {
        found.put(variable, variable.handle().map(NodeDef::getName).orElse(variable.keys().get(0)));
      } else {
        wanted.put(variable, name(variable, objects));
      }
    }
    Set<String> taken = new HashSet<>(found.values());
    nodes.values().stream()
        .filter(node -> !node.getOp().equals(GraphVariable.RESOURCE))
        .forEach(node -> taken.add(node.getName()));
    Set<String> own = Set.copyOf(wanted.values());
    wanted.entrySet().stream()
        .sorted(Comparator.comparing(entry -> !entry.getKey().captured()))
        .forEach(
            entry -> {
              String name = free(entry.getValue(), taken, own);
              taken.add(name);
              found.put(entry.getKey(), name);
            });
    Map<String, Identity> named = new LinkedHashMap<>();
    variables.forEach(one -> named.put(Objects.requireNonNull(found.get(one)), one));
    return new NamedVariables(renamed(graph, named, taken), named);
  }

  /** The name of the variable that an object is, by the object's number. */
  Map<Integer, String> objects() {
    Map<Integer, String> names = new HashMap<>();
    variables.forEach(
        (name, variable) -> variable.objects().forEach(object -> names.put(object, name)));
    return Map.copyOf(names);
  }

  private static String name(Identity variable, SavedObjects objects) {
    String name =
        variable.objects().stream()
            .map(objects::name)
            .filter(one -> !one.isEmpty())
            .findFirst()
            .orElse(variable.handle().map(NodeDef::getName).orElse("variable"))
            .replaceFirst(":\\d+$", "")
            .replaceAll("[^A-Za-z0-9_.\\\\/>-]", "_");
    return name.matches("[A-Za-z0-9.].*") ? name : "variable" + name;
  }

  private static String free(String name, Set<String> taken, Set<String> wanted) {
    String found = name;
    for (int i = 1; taken.contains(found) || (i > 1 && wanted.contains(found)); i++) {
      found = name + "_" + i;
    }
    return found;
  }

  private static GraphDef renamed(GraphDef graph, Map<String, Identity> named, Set<String> taken) {
    Map<String, String> names = new HashMap<>();
    Set<String> dropped = new HashSet<>();
    named.forEach(
        (name, variable) ->
            variable
                .handle()
                .ifPresent(
                    main -> {
                      variable.handles().forEach(handle -> names.put(handle, name));
                      dropped.addAll(variable.handles());
                      dropped.remove(main.getName());
                    }));
    for (NodeDef node : graph.getNodeList()) {
      String name = node.getName();
      if (named.containsKey(name) && !names.containsKey(name)) {
        String other = free(name + UNSAVED, taken, Set.of());
        taken.add(other);
        names.put(name, other);
      }
    }
    return VariableHandles.rename(graph, names, dropped);
  }
}
