package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.ByteString;
import io.github.tfkfac.extension.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;

/**
 * The nodes with which a SavedModel of TensorFlow 1's form saves and restores its variables, each
 * under the name of its operation.
 */
final class SaverNodes {

  private final String scope;
  private final List<NodeDef> variables;

  /**
   * For some variables.
   *
   * @param scope first part of the nodes' names, not used in the graph
   */
  SaverNodes(String scope, List<NodeDef> variables) {
    this.scope = scope;
    this.variables = List.copyOf(variables);
  }

  /** The nodes to be added to the variables' graph. */
  List<NodeDef> nodes() {
    List<NodeDef> nodes = new ArrayList<>();
    List<String> names = variables.stream().map(NodeDef::getName).toList();
    nodes.add(strings("filename", TensorShapeProto.getDefaultInstance(), List.of("model")));
    nodes.add(
        node("PlaceholderWithDefault", "Const", scope + "/filename").toBuilder()
            .putAttr("dtype", type(DataType.DT_STRING))
            .putAttr("shape", shape(TensorShapeProto.getDefaultInstance()))
            .build());
    nodes.add(strings("names", vector(), names));
    nodes.add(strings("slices", vector(), names.stream().map(name -> "").toList()));
    NodeDef.Builder save = toAll("SaveV2", "SaveV2");
    NodeDef.Builder restore = toAll("RestoreV2", "RestoreV2");
    NodeDef.Builder all = node("NoOp", "restore_all").toBuilder();
    for (int i = 0; i < variables.size(); i++) {
      NodeDef read = read(i);
      nodes.add(read);
      save.addInput(read.getName());
      NodeDef assignment = assignment(i);
      nodes.add(assignment);
      all.addInput("^" + assignment.getName());
    }
    nodes.add(save.build());
    nodes.add(restore.build());
    nodes.add(all.build());
    nodes.add(
        node("Identity", "control_dependency", scope + "/Const", "^" + scope + "/SaveV2")
            .toBuilder()
            .putAttr("T", type(DataType.DT_STRING))
            .build());
    return nodes;
  }

  /** Definition by which TensorFlow finds these nodes. */
  SaverDef definition() {
    return SaverDef.newBuilder()
        .setFilenameTensorName(scope + "/Const:0")
        .setSaveTensorName(scope + "/control_dependency:0")
        .setRestoreOpName(scope + "/restore_all")
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }

  /** The variables as TensorFlow 1 lists them. */
  List<VariableDef> variableDefinitions() {
    List<VariableDef> definitions = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      definitions.add(
          VariableDef.newBuilder()
              .setVariableName(variables.get(i).getName() + ":0")
              .setInitializerName(assignment(i).getName())
              .setInitialValueName(scope + "/RestoreV2:" + i)
              .setSnapshotName(read(i).getName() + ":0")
              .setIsResource(variables.get(i).getOp().equals(GraphVariable.RESOURCE))
              .setTrainable(true)
              .build());
    }
    return definitions;
  }

  private NodeDef.Builder toAll(String op, String name) {
    AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
    variables.forEach(variable -> types.addType(variable.getAttrOrThrow("dtype").getType()));
    return node(op, name, scope + "/Const", scope + "/names", scope + "/slices").toBuilder()
        .putAttr("dtypes", AttrValue.newBuilder().setList(types).build());
  }

  private NodeDef read(int i) {
    NodeDef variable = variables.get(i);
    AttrValue type = variable.getAttrOrThrow("dtype");
    return variable.getOp().equals(GraphVariable.RESOURCE)
        ? node("ReadVariableOp", "Read_" + i, variable.getName()).toBuilder()
            .putAttr("dtype", type)
            .build()
        : node("Identity", "Read_" + i, variable.getName()).toBuilder().putAttr("T", type).build();
  }

  private NodeDef assignment(int i) {
    NodeDef variable = variables.get(i);
    AttrValue type = variable.getAttrOrThrow("dtype");
    String value = scope + "/RestoreV2" + (i == 0 ? "" : ":" + i);
    return variable.getOp().equals(GraphVariable.RESOURCE)
        ? node("AssignVariableOp", "Assign_" + i, variable.getName(), value).toBuilder()
            .putAttr("dtype", type)
            .build()
        : node("Assign", "Assign_" + i, variable.getName(), value).toBuilder()
            .putAttr("T", type)
            .build();
  }

  private NodeDef strings(String name, TensorShapeProto shape, List<String> texts) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape);
    texts.forEach(text -> tensor.addStringVal(ByteString.copyFromUtf8(text)));
    return node("Const", name).toBuilder()
        .putAttr("dtype", type(DataType.DT_STRING))
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }

  private NodeDef node(String op, String name, String... inputs) {
    return NodeDef.newBuilder()
        .setOp(op)
        .setName(scope + "/" + name)
        .addAllInput(List.of(inputs))
        .build();
  }

  private TensorShapeProto vector() {
    return TensorShapeProto.newBuilder()
        .addDim(TensorShapeProto.Dim.newBuilder().setSize(variables.size()))
        .build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static AttrValue shape(TensorShapeProto shape) {
    return AttrValue.newBuilder().setShape(shape).build();
  }
}
