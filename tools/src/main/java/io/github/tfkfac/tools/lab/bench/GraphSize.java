package io.github.tfkfac.tools.lab.bench;

import java.util.Iterator;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;

/** Counts a graph's operations. */
final class GraphSize {

  private GraphSize() {}

  static long operations(Graph graph) {
    long count = 0;
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); all.next()) {
      count++;
    }
    return count;
  }
}
