package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.extension.GraphVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TString;

/** Checkpoint keys of a model's variables, read from the model's own restore operation. */
final class RestoredVariables {

  /**
   * A variable that the model restores.
   *
   * @param node the variable's operation
   * @param key name of its value in the checkpoint
   * @param slice part of that value, {@code ""} for all
   */
  record Restored(NodeDef node, String key, String slice) {}

  /** Operations that only arrange constants; no others run while a model is read. */
  private static final Set<String> OF_CONSTANTS =
      Set.of(
          "Const",
          "NoOp",
          "Identity",
          "Pack",
          "ConcatV2",
          "StringJoin",
          "ZerosLike",
          "Reshape",
          "ExpandDims",
          "Squeeze");

  private static final long MOST_REPEATED = 1 << 20;

  private final InlinedGraph inlined;
  private final Map<String, NodeDef> nodes;
  private final Map<String, List<String>> constants = new HashMap<>();

  private RestoredVariables(InlinedGraph inlined) {
    this.inlined = inlined;
    this.nodes = GraphSlice.nodes(inlined.graph());
  }

  /** The variables that a model's restore operation assigns; none without such an operation. */
  static List<Restored> of(MetaGraphDef model) {
    SaverDef saver = model.getSaverDef();
    if (saver.getRestoreOpName().isEmpty()) {
      return List.of();
    }
    String operation = TensorRef.parse(saver.getRestoreOpName()).node();
    GraphDef slice = GraphSlice.of(model.getGraphDef(), List.of(operation));
    return new RestoredVariables(VariableHandles.merge(FunctionInliner.inline(slice))).all();
  }

  private List<Restored> all() {
    List<Restored> found = new ArrayList<>();
    for (NodeDef node : inlined.graph().getNodeList()) {
      if (node.getOp().equals("AssignVariableOp") || node.getOp().equals("Assign")) {
        restored(node).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<Restored> restored(NodeDef assignment) {
    TensorRef target = source(TensorRef.parse(assignment.getInput(0)));
    TensorRef value = source(TensorRef.parse(assignment.getInput(1)));
    NodeDef variable = nodes.get(target.node());
    NodeDef restore = nodes.get(value.node());
    if (variable == null
        || restore == null
        || !isVariable(variable)
        || !restore.getOp().equals("RestoreV2")) {
      return Optional.empty();
    }
    return Optional.of(
        new Restored(
            variable,
            text(restore.getInput(1), value.index()),
            text(restore.getInput(2), value.index())));
  }

  static boolean isVariable(NodeDef node) {
    return node.getOp().equals(GraphVariable.REFERENCE)
        || node.getOp().equals(GraphVariable.RESOURCE);
  }

  private TensorRef source(TensorRef tensor) {
    TensorRef found = tensor;
    NodeDef node = nodes.get(found.node());
    while (node != null && (node.getOp().equals("Identity") || node.getOp().equals("Reshape"))) {
      found = TensorRef.parse(node.getInput(0));
      node = nodes.get(found.node());
    }
    return found;
  }

  private String text(String operand, int index) {
    List<String> texts =
        constants.computeIfAbsent(operand, text -> evaluate(TensorRef.parse(text)));
    return texts.get(Math.min(index, texts.size() - 1));
  }

  /** Computes a list of names, which may be a constant or made of constants. */
  private List<String> evaluate(TensorRef names) {
    GraphDef slice = GraphSlice.of(inlined.graph(), List.of(names.node()));
    slice.getNodeList().stream()
        .filter(node -> !isOfConstants(node))
        .findFirst()
        .ifPresent(
            node -> {
              throw unfit(OutputPorts.describe(node));
            });
    try (Graph graph = new Graph()) {
      graph.importGraphDef(slice);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(names.node(), names.index()).run()) {
        List<String> texts = new ArrayList<>();
        ((TString) result.get(0)).scalars().forEach(text -> texts.add(text.getObject()));
        return texts;
      }
    } catch (TensorFlowException e) {
      throw unfit("'" + names + "'");
    }
  }

  private static boolean isOfConstants(NodeDef node) {
    TensorProto value = node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor();
    long size = 1;
    for (TensorShapeProto.Dim dimension : value.getTensorShape().getDimList()) {
      boolean small = dimension.getSize() >= 0 && dimension.getSize() <= Integer.MAX_VALUE;
      size = small && size <= Integer.MAX_VALUE ? size * dimension.getSize() : Long.MAX_VALUE;
    }
    return OF_CONSTANTS.contains(node.getOp())
        && size <= Math.max(MOST_REPEATED, value.getStringValCount());
  }

  private static SavedModelException unfit(String found) {
    return SavedModelException.of(
        "the model's restore operation",
        "constant names of the variables",
        found,
        "save the model again");
  }
}
