package io.github.tfkfac.tools.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Shapes of all outputs of a graph, once those of its inputs are given, and their types' sizes.
 *
 * <p>TensorFlow infers them when a graph is imported. Where a shape depends on values, {@link
 * LargestShape} has a bound for it, which takes the operation's place in a further import; what
 * stays open is empty.
 *
 * @param tensors by operation, each of its outputs
 * @param bounded operations whose outputs are bounds
 */
public record StaticShapes(Map<String, List<Tensor>> tensors, Set<String> bounded) {

  public StaticShapes {
    tensors = Map.copyOf(tensors);
    bounded = Set.copyOf(bounded);
  }

  /**
   * One output.
   *
   * @param shape unknown, or with unknown sizes, if it could not be inferred
   * @param elementBytes of a value; 0 for what is no number, such as the handle of a variable
   */
  public record Tensor(Shape shape, int elementBytes) {

    /** Empty if the shape is open. */
    public Optional<Long> bytes() {
      if (elementBytes == 0) {
        return Optional.of(0L);
      }
      return shape.hasUnknownDimension()
          ? Optional.empty()
          : Optional.of(shape.size() * elementBytes);
    }
  }

  /**
   * Infers the shapes.
   *
   * @param step a graph
   * @param inputs full shapes of placeholders, by name
   */
  public static StaticShapes of(GraphDef step, Map<String, Shape> inputs) {
    Map<String, List<Tensor>> fixed = new LinkedHashMap<>();
    Set<String> bounded = new LinkedHashSet<>();
    while (true) {
      Map<String, List<Tensor>> found = inferred(step, inputs, fixed);
      Map<String, List<Tensor>> bounds = new LinkedHashMap<>();
      LargestShape largest = new LargestShape(step, found);
      for (NodeDef node : step.getNodeList()) {
        if (!bounded.contains(node.getName())) {
          largest.of(node).ifPresent(tensors -> bounds.put(node.getName(), tensors));
        }
      }
      if (bounds.isEmpty()) {
        for (NodeDef node : step.getNodeList()) {
          largest
              .ofSize(node)
              .ifPresent(
                  tensors -> {
                    found.put(node.getName(), tensors);
                    bounded.add(node.getName());
                  });
        }
        return new StaticShapes(found, bounded);
      }
      fixed.putAll(bounds);
      bounded.addAll(bounds.keySet());
    }
  }

  /** The shape of an output. */
  public Shape of(Output<?> output) {
    List<Tensor> outputs = tensors.getOrDefault(output.op().name(), List.of());
    return output.index() < outputs.size() ? outputs.get(output.index()).shape() : output.shape();
  }

  /** Sizes in bytes of an operation's outputs. */
  List<Optional<Long>> bytes(String operation) {
    return tensors.getOrDefault(operation, List.of()).stream().map(Tensor::bytes).toList();
  }

  private static Map<String, List<Tensor>> inferred(
      GraphDef step, Map<String, Shape> inputs, Map<String, List<Tensor>> fixed) {
    Map<String, List<Tensor>> found = new HashMap<>(fixed);
    try (Graph copy = new Graph()) {
      copy.importGraphDef(new FixedInputs(inputs, fixed).in(step));
      Set<String> names = new HashSet<>();
      step.getNodeList().forEach(node -> names.add(node.getName()));
      for (Iterator<GraphOperation> all = copy.operations(); all.hasNext(); ) {
        GraphOperation operation = all.next();
        if (names.contains(operation.name()) && !fixed.containsKey(operation.name())) {
          found.put(operation.name(), tensors(operation));
        }
      }
    }
    return found;
  }

  private static List<Tensor> tensors(GraphOperation operation) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < operation.numOutputs(); i++) {
      Output<?> output = operation.output(i);
      tensors.add(new Tensor(output.shape(), ElementSize.of(output.dataType())));
    }
    return List.copyOf(tensors);
  }
}
