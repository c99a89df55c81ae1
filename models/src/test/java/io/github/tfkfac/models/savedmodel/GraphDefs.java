package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/** Builds small graphs and functions by hand; all tensors are float32 scalars. */
final class GraphDefs {

  private GraphDefs() {}

  static GraphDef graph(List<NodeDef> nodes, FunctionDef... functions) {
    GraphDef.Builder graph = GraphDef.newBuilder().addAllNode(nodes);
    graph.getVersionsBuilder().setProducer(1882);
    graph.getLibraryBuilder().addAllFunction(List.of(functions));
    return graph.build();
  }

  /** A node on float32 operands. */
  static NodeDef node(String op, String name, String... inputs) {
    return untyped(op, name, inputs).toBuilder().putAttr("T", type(DataType.DT_FLOAT)).build();
  }

  static NodeDef untyped(String op, String name, String... inputs) {
    return NodeDef.newBuilder().setOp(op).setName(name).addAllInput(List.of(inputs)).build();
  }

  static NodeDef input(String name) {
    return untyped("Placeholder", name).toBuilder()
        .putAttr("dtype", type(DataType.DT_FLOAT))
        .build();
  }

  static NodeDef constant(String name, float value) {
    return untyped("Const", name).toBuilder()
        .putAttr("dtype", type(DataType.DT_FLOAT))
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addFloatVal(value))
                .build())
        .build();
  }

  static NodeDef handle(String name, String sharedName) {
    return untyped("VarHandleOp", name).toBuilder()
        .putAttr("dtype", type(DataType.DT_FLOAT))
        .putAttr(
            "shape", AttrValue.newBuilder().setShape(TensorShapeProto.getDefaultInstance()).build())
        .putAttr(
            "shared_name", AttrValue.newBuilder().setS(ByteString.copyFromUtf8(sharedName)).build())
        .build();
  }

  static NodeDef read(String name, String handle, String... controls) {
    return withType(untyped("ReadVariableOp", name, handle), controls);
  }

  static NodeDef assign(String op, String name, String handle, String value, String... controls) {
    return withType(untyped(op, name, handle, value), controls);
  }

  private static NodeDef withType(NodeDef node, String... controls) {
    return node.toBuilder()
        .addAllInput(List.of(controls))
        .putAttr("dtype", type(DataType.DT_FLOAT))
        .build();
  }

  /** A call of a function. */
  static NodeDef call(
      String op, String name, String function, List<DataType> in, int out, String... inputs) {
    AttrValue.ListValue.Builder results = AttrValue.ListValue.newBuilder();
    for (int i = 0; i < out; i++) {
      results.addType(DataType.DT_FLOAT);
    }
    return untyped(op, name, inputs).toBuilder()
        .putAttr(
            "f",
            AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build())
        .putAttr(
            "Tin",
            AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder().addAllType(in)).build())
        .putAttr("Tout", AttrValue.newBuilder().setList(results).build())
        .build();
  }

  /** A function; results are named as in {@code returned}, inputs that begin with v are handles. */
  static FunctionDef function(
      String name, List<String> inputs, Map<String, String> returned, NodeDef... body) {
    FunctionDef.Builder function = FunctionDef.newBuilder();
    OpDef.Builder signature = function.getSignatureBuilder().setName(name);
    for (String input : inputs) {
      signature
          .addInputArgBuilder()
          .setName(input)
          .setType(input.startsWith("v") ? DataType.DT_RESOURCE : DataType.DT_FLOAT);
    }
    returned.keySet().stream()
        .sorted()
        .forEach(out -> signature.addOutputArgBuilder().setName(out).setType(DataType.DT_FLOAT));
    return function.putAllRet(returned).addAllNodeDef(List.of(body)).build();
  }

  static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  /** The value of a tensor of a graph, after the variables of these names were set. */
  static float value(
      GraphDef definition, Map<String, Float> fed, Map<String, Float> variables, TensorRef tensor) {
    return value(definition, fed, variables, tensor, runner -> runner);
  }

  static float value(
      GraphDef definition,
      Map<String, Float> fed,
      Map<String, Float> variables,
      TensorRef tensor,
      UnaryOperator<Session.Runner> more) {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(definition);
      Ops tf = Ops.create(graph);
      try (Session session = new Session(graph)) {
        variables.forEach(
            (name, value) ->
                session.run(
                    tf.assignVariableOp(
                        graph.operationOrThrow(name).output(0), tf.constant(value))));
        Session.Runner runner = more.apply(session.runner());
        List<TFloat32> tensors =
            fed.entrySet().stream()
                .map(
                    one -> {
                      TFloat32 value = TFloat32.scalarOf(one.getValue());
                      runner.feed(one.getKey(), value);
                      return value;
                    })
                .toList();
        try (Result result = runner.fetch(tensor.node(), tensor.index()).run()) {
          return ((TFloat32) result.get(0)).getFloat();
        } finally {
          tensors.forEach(TFloat32::close);
        }
      }
    }
  }
}
