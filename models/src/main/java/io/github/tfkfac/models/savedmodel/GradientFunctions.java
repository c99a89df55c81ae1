package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RegisteredGradient;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;

/**
 * Custom gradients of the functions of a model ({@code tf.custom_gradient}).
 *
 * <p>TensorFlow marks an operation, an {@code IdentityN} over a function's results, arguments and
 * variables, with the type of its gradient; a model that was saved with its gradients registers a
 * function for that type. In an inlined graph the mark {@link #MARK} is the name of a function of
 * the graph's library. It takes the gradients of all outputs of the operation, then the tensors
 * named by {@link #CAPTURES}, and returns the gradients of the operation's last inputs; those
 * before them, the results, have none. A mark that names no function stands for a gradient that the
 * model does not bring.
 */
final class GradientFunctions {

  /** The attribute with the type of an operation's gradient. */
  static final String MARK = "_gradient_op_type";

  /** The attribute with the tensors that a gradient's function takes besides gradients. */
  static final String CAPTURES = "_gradient_captures";

  private final Map<String, FunctionDef> byType = new HashMap<>();
  private final Map<String, List<Integer>> boundInputs = new HashMap<>();
  private final SavedObjectGraph objects;
  private final Map<Integer, String> variables;

  private GradientFunctions(
      GraphDef graph, SavedObjectGraph objects, Map<Integer, String> variables) {
    this.objects = objects;
    this.variables = variables;
    objects
        .getConcreteFunctionsMap()
        .forEach((name, one) -> boundInputs.put(name, one.getBoundInputsList()));
    Map<String, FunctionDef> functions = FunctionCall.functions(graph.getLibrary());
    for (RegisteredGradient registered : graph.getLibrary().getRegisteredGradientsList()) {
      FunctionDef function = functions.get(registered.getGradientFunc());
      SavedConcreteFunction saved =
          objects.getConcreteFunctionsMap().get(registered.getGradientFunc());
      if (function != null && saved != null) {
        GradientOutputs.complete(function, saved)
            .ifPresent(complete -> byType.put(registered.getRegisteredOpType(), complete));
      }
    }
  }

  /** Those of a model. */
  static GradientFunctions of(SavedModelFile file) {
    return new GradientFunctions(
        file.model().getGraphDef(), file.model().getObjectGraphDef(), file.variableObjects());
  }

  /** None: marks stay as they are. */
  static GradientFunctions none() {
    return new GradientFunctions(
        GraphDef.getDefaultInstance(), SavedObjectGraph.getDefaultInstance(), Map.of());
  }

  /** Whether an operation has a custom gradient; calls of functions are no such operations. */
  static boolean isMarked(NodeDef node) {
    return !mark(node).isEmpty() && !node.getOp().endsWith("PartitionedCall");
  }

  static String mark(NodeDef node) {
    return node.getAttrOrDefault(MARK, AttrValue.getDefaultInstance()).getS().toStringUtf8();
  }

  /** The tensors that the gradient of a marked operation takes besides gradients. */
  static List<TensorRef> captures(NodeDef node) {
    return node
        .getAttrOrDefault(CAPTURES, AttrValue.getDefaultInstance())
        .getList()
        .getSList()
        .stream()
        .map(name -> TensorRef.parse(name.toStringUtf8()))
        .toList();
  }

  /** A node whose captures have other names. */
  static NodeDef renamed(NodeDef node, UnaryOperator<TensorRef> names) {
    return node.containsAttr(CAPTURES)
        ? node.toBuilder()
            .putAttr(CAPTURES, texts(captures(node).stream().map(names).toList()))
            .build()
        : node;
  }

  /** Operations of the model's own graph that gradients may take. */
  Set<String> operations() {
    Set<String> found = new LinkedHashSet<>();
    for (FunctionDef function : byType.values()) {
      boundInputs
          .getOrDefault(function.getSignature().getName(), List.of())
          .forEach(object -> operation(object).ifPresent(found::add));
    }
    return found;
  }

  /** The library's functions in the form that marks refer to. */
  Map<String, FunctionDef> functions() {
    Map<String, FunctionDef> functions = new LinkedHashMap<>();
    byType.values().forEach(one -> functions.put(one.getSignature().getName(), one));
    return functions;
  }

  /**
   * A marked node that names the function of its gradient; as it was where the model does not bring
   * that function or what it takes.
   *
   * @param node the node under its final name
   * @param bodies the functions that it is part of, the innermost first
   */
  NodeDef resolve(NodeDef node, Iterable<FunctionBody> bodies) {
    FunctionDef function = byType.get(mark(node));
    if (function == null) {
      return node;
    }
    String name = function.getSignature().getName();
    List<TensorRef> captures = new ArrayList<>();
    for (int object : boundInputs.getOrDefault(name, List.of())) {
      Optional<TensorRef> tensor = tensor(object, bodies);
      if (tensor.isEmpty()) {
        return node;
      }
      captures.add(tensor.get());
    }
    return node.toBuilder()
        .putAttr(MARK, AttrValue.newBuilder().setS(ByteString.copyFromUtf8(name)).build())
        .putAttr(CAPTURES, texts(captures))
        .build();
  }

  private Optional<TensorRef> tensor(int object, Iterable<FunctionBody> bodies) {
    SavedObject saved = objects.getNodes(object);
    if (saved.hasCapturedTensor()) {
      return first(
          bodies,
          body ->
              body.name().equals(saved.getCapturedTensor().getConcreteFunction())
                  ? body.tensor(saved.getCapturedTensor().getName())
                  : Optional.empty());
    }
    return first(
            bodies, body -> body.captured(boundInputs.getOrDefault(body.name(), List.of()), object))
        .or(() -> operation(object).map(name -> new TensorRef(name, 0)));
  }

  private static Optional<TensorRef> first(
      Iterable<FunctionBody> bodies, Function<FunctionBody, Optional<TensorRef>> find) {
    for (FunctionBody body : bodies) {
      Optional<TensorRef> found = find.apply(body);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<String> operation(int object) {
    SavedObject saved = objects.getNodes(object);
    return saved.hasConstant()
        ? Optional.of(saved.getConstant().getOperation())
        : Optional.ofNullable(variables.get(object));
  }

  private static AttrValue texts(List<TensorRef> tensors) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    tensors.forEach(tensor -> list.addS(ByteString.copyFromUtf8(tensor.toString())));
    return AttrValue.newBuilder().setList(list).build();
  }
}
