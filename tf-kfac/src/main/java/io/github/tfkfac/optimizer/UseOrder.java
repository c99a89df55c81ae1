package io.github.tfkfac.optimizer;

import io.github.tfkfac.graph.LayerSite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;

/** The order in which a model applies a weight that it uses several times. */
final class UseOrder {

  private UseOrder() {}

  /** The uses' indices in the order in which they were added to the graph. */
  static List<Integer> forward(Graph graph, LayerSite<?> site) {
    List<String> outputs = site.uses().stream().map(use -> use.output().op().name()).toList();
    if (outputs.size() == 1) {
      return List.of(0);
    }
    Set<String> wanted = new HashSet<>(outputs);
    List<Integer> order = new ArrayList<>();
    Iterator<GraphOperation> operations = graph.operations();
    while (operations.hasNext() && order.size() < outputs.size()) {
      String name = operations.next().name();
      if (wanted.contains(name)) {
        order.add(outputs.indexOf(name));
      }
    }
    return List.copyOf(order);
  }
}
