package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.LossPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The derivative that TensorFlow's C++ library has of one operation, as nodes to be copied.
 *
 * <p>The operation stands alone in a graph of its own, between placeholders; what {@code
 * addGradients} adds there is the derivative, with names of the placeholders where the operation's
 * inputs, outputs and arriving gradients are meant.
 *
 * @param nodes in an order in which each comes after its inputs
 * @param gradients the tensor that is the gradient of an input, by the input's position
 */
record LibraryGradient(List<NodeDef> nodes, Map<Integer, String> gradients)
    implements GradientRule {

  private static final String SUBJECT = "subject";
  private static final String INPUT = "input_";
  private static final String ARRIVED = "arrived_";
  private static final String PREFIX = "derivative";

  /**
   * Key of a derivative: everything that it depends on.
   *
   * @param subject the operation between placeholders
   */
  record Question(GraphDef subject, Set<Integer> wanted, Set<Integer> arrived) {}

  /** The question that a step of a backward pass asks. */
  static Question question(OperationStep step) {
    return question(step, OperationDefinitions.node(step.operation()));
  }

  /**
   * The same with other settings.
   *
   * @param settings the operation's type and attributes
   */
  static Question question(OperationStep step, NodeDef.Builder settings) {
    GraphOperation operation = step.operation();
    GraphDef.Builder graph = GraphDef.newBuilder();
    NodeDef.Builder subject = settings.setName(SUBJECT);
    for (int i = 0; i < operation.numInputs(); i++) {
      graph.addNode(placeholder(INPUT + i, step.source(i)));
      subject.addInput(INPUT + i);
    }
    graph.addNode(subject);
    if (subject.getAttrMap().values().stream().anyMatch(AttrValue::hasFunc)) {
      operation
          .env()
          .getFunctions()
          .forEach(function -> graph.getLibraryBuilder().addFunction(function.getFunctionDef()));
    }
    for (int index : new TreeSet<>(step.arrived().keySet())) {
      graph.addNode(placeholder(ARRIVED + index, operation.output(index)));
    }
    return new Question(graph.build(), step.use().inputs(), Set.copyOf(step.arrived().keySet()));
  }

  private static NodeDef placeholder(String name, Output<?> value) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    if (value.shape().isUnknown()) {
      shape.setUnknownRank(true);
    } else {
      for (long size : value.shape().asArray()) {
        shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
      }
    }
    DataType type = LossPath.withoutReference(value.dataType());
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Placeholder")
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
        .build();
  }

  /** Has TensorFlow answer. */
  static LibraryGradient of(Question question) {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(question.subject());
      GraphOperation subject = graph.operationOrThrow(SUBJECT);
      List<Integer> wanted = question.wanted().stream().sorted().toList();
      List<Integer> arrived = question.arrived().stream().sorted().toList();
      Output<?>[] found =
          graph.addGradients(
              PREFIX,
              arrived.stream().map(subject::output).toArray(Output<?>[]::new),
              wanted.stream().map(i -> placeholder(graph, INPUT + i)).toArray(Output<?>[]::new),
              arrived.stream().map(i -> placeholder(graph, ARRIVED + i)).toArray(Output<?>[]::new));
      Map<Integer, String> gradients = new LinkedHashMap<>();
      for (int i = 0; i < found.length; i++) {
        if (exists(found[i])) {
          gradients.put(wanted.get(i), found[i].op().name() + ":" + found[i].index());
        }
      }
      Set<String> known = new HashSet<>();
      question.subject().getNodeList().forEach(node -> known.add(node.getName()));
      List<NodeDef> nodes =
          graph.toGraphDef().getNodeList().stream()
              .filter(node -> !known.contains(node.getName()))
              .toList();
      return new LibraryGradient(nodes, gradients);
    }
  }

  private static Output<?> placeholder(Graph graph, String name) {
    return graph.operationOrThrow(name).output(0);
  }

  /** Whether there is anything behind an output that {@code addGradients} returned. */
  static boolean exists(Output<?> gradient) {
    return gradient.op() instanceof GraphOperation operation
        && operation.getUnsafeNativeHandle() != null
        && !operation.getUnsafeNativeHandle().isNull();
  }

  @Override
  public Map<Integer, Operand<?>> gradients(OperationStep step) {
    Map<String, Operation> copies = new HashMap<>();
    for (NodeDef node : nodes) {
      copies.put(node.getName(), copy(node, step, copies));
    }
    Map<Integer, Operand<?>> found = new LinkedHashMap<>();
    gradients.forEach((input, name) -> found.put(input, tensor(name, step, copies)));
    return found;
  }

  private static Operation copy(NodeDef node, OperationStep step, Map<String, Operation> copies) {
    Scope scope = step.tf().scope();
    OperationBuilder builder = scope.opBuilder(node.getOp(), node.getOp());
    List<Output<?>> inputs = new ArrayList<>();
    for (String input : node.getInputList()) {
      if (input.startsWith("^")) {
        control(input.substring(1), step, copies).forEach(builder::addControlInput);
      } else {
        inputs.add(tensor(input, step, copies));
      }
    }
    int next = 0;
    for (int size : OperationDefinitions.arguments(node)) {
      if (size < 0) {
        builder.addInput(inputs.get(next++));
      } else {
        builder.addInputList(inputs.subList(next, next + size).toArray(Output<?>[]::new));
        next += size;
      }
    }
    node.getAttrMap()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("_")) {
                builder.setAttr(name, value);
              }
            });
    if (!node.getDevice().isEmpty()) {
      builder.setDevice(node.getDevice());
    }
    return builder.build();
  }

  private static List<Operation> control(
      String name, OperationStep step, Map<String, Operation> copies) {
    if (name.startsWith(ARRIVED)) {
      return List.of(tensor(name, step, copies).op());
    }
    Operation copied = copies.get(name);
    return copied == null ? List.of() : List.of(copied);
  }

  private static Output<?> tensor(String name, OperationStep step, Map<String, Operation> copies) {
    int colon = name.indexOf(':');
    String node = colon < 0 ? name : name.substring(0, colon);
    int index = colon < 0 ? 0 : Integer.parseInt(name.substring(colon + 1));
    if (node.equals(SUBJECT)) {
      return step.operation().output(index);
    }
    if (node.startsWith(INPUT)) {
      return step.source(Integer.parseInt(node.substring(INPUT.length())));
    }
    if (node.startsWith(ARRIVED)) {
      Output<?> arrived = step.arrived().get(Integer.parseInt(node.substring(ARRIVED.length())));
      if (arrived != null) {
        return arrived;
      }
    }
    Operation copied = copies.get(node);
    if (copied == null) {
      throw new IllegalStateException("no copy of " + name);
    }
    return copied.output(index);
  }
}
