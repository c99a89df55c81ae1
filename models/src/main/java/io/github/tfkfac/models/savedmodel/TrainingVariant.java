package io.github.tfkfac.models.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef.ArgDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;

/**
 * A signature as the model computes it in training: Keras saves the function of a whole model for
 * both values of its argument {@code training}.
 *
 * <p>It is found for models of one input and one output.
 *
 * @param call a node that calls the function
 * @param signature the signature with the call's output in place of its own
 */
record TrainingVariant(NodeDef call, SignatureSpec signature) {

  /** Matches the function of the whole model, if the model has it. */
  static Optional<TrainingVariant> of(SavedModelFile file, SignatureSpec signature) {
    if (signature.inputs().size() != 1 || signature.outputs().size() != 1) {
      return Optional.empty();
    }
    SavedObjectGraph objects = file.model().getObjectGraphDef();
    TensorSpec input = signature.inputs().values().iterator().next();
    for (String name : concreteFunctions(file.objects())) {
      SavedConcreteFunction function =
          objects.getConcreteFunctionsOrDefault(name, SavedConcreteFunction.getDefaultInstance());
      if (isTraining(function, input)) {
        return call(file, name, function, signature).filter(one -> one.isPlain(file));
      }
    }
    return Optional.empty();
  }

  private static List<String> concreteFunctions(SavedObjects objects) {
    return objects
        .child("__call__")
        .filter(object -> object.hasFunction())
        .map(object -> object.getFunction())
        .filter(TrainingVariant::hasTrainingArgument)
        .map(function -> List.copyOf(function.getConcreteFunctionsList()))
        .orElse(List.of());
  }

  private static boolean hasTrainingArgument(SavedFunction function) {
    return function.getFunctionSpec().getFullargspec().getNamedTupleValue().getValuesList().stream()
        .filter(pair -> pair.getKey().equals("args"))
        .flatMap(pair -> pair.getValue().getListValue().getValuesList().stream())
        .anyMatch(argument -> argument.getStringValue().equals("training"));
  }

  private static boolean isTraining(SavedConcreteFunction function, TensorSpec input) {
    List<StructuredValue> arguments = new ArrayList<>();
    flatten(function.getCanonicalizedInputSignature(), arguments);
    List<TensorSpecProto> tensors =
        arguments.stream()
            .filter(StructuredValue::hasTensorSpecValue)
            .map(StructuredValue::getTensorSpecValue)
            .toList();
    List<StructuredValue> flags =
        arguments.stream()
            .filter(one -> one.getKindCase() == StructuredValue.KindCase.BOOL_VALUE)
            .toList();
    return tensors.size() == 1
        && tensors.get(0).getDtype() == input.type()
        && tensors.get(0).getShape().equals(TensorSpec.proto(input.shape()))
        && flags.size() == 1
        && flags.get(0).getBoolValue();
  }

  private static void flatten(StructuredValue value, List<StructuredValue> found) {
    switch (value.getKindCase()) {
      case TUPLE_VALUE -> value.getTupleValue().getValuesList().forEach(v -> flatten(v, found));
      case LIST_VALUE -> value.getListValue().getValuesList().forEach(v -> flatten(v, found));
      case DICT_VALUE ->
          value.getDictValue().getFieldsMap().values().forEach(v -> flatten(v, found));
      default -> found.add(value);
    }
  }

  private static Optional<TrainingVariant> call(
      SavedModelFile file, String name, SavedConcreteFunction function, SignatureSpec signature) {
    FunctionDef body = FunctionCall.functions(file.model().getGraphDef().getLibrary()).get(name);
    Map<Integer, String> variables = file.variableObjects();
    if (body == null
        || body.getSignature().getOutputArgCount() != 1
        || !variables.keySet().containsAll(function.getBoundInputsList())) {
      return Optional.empty();
    }
    String node = "training/" + signature.name();
    NodeDef.Builder call =
        NodeDef.newBuilder()
            .setName(node)
            .setOp("StatefulPartitionedCall")
            .addInput(signature.inputs().values().iterator().next().tensor())
            .putAttr("f", function(name))
            .putAttr("Tin", types(body.getSignature().getInputArgList()))
            .putAttr("Tout", types(body.getSignature().getOutputArgList()));
    function
        .getBoundInputsList()
        .forEach(input -> call.addInput(variables.getOrDefault(input, "")));
    TreeMap<String, TensorSpec> outputs = new TreeMap<>(signature.outputs());
    outputs.replaceAll((key, spec) -> new TensorSpec(node + ":0", spec.type(), spec.shape()));
    return Optional.of(
        new TrainingVariant(
            call.build(),
            new SignatureSpec(node, signature.method(), signature.inputs(), outputs)));
  }

  private boolean isPlain(SavedModelFile file) {
    GraphDef graph = file.model().getGraphDef().toBuilder().addNode(call).build();
    GraphDef inlined =
        FunctionInliner.inline(GraphSlice.of(graph, List.of(call.getName()))).graph();
    return GraphSlice.controlFlow(inlined).isEmpty();
  }

  private static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  private static AttrValue types(List<ArgDef> arguments) {
    AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
    arguments.forEach(argument -> types.addType(argument.getType()));
    return AttrValue.newBuilder().setList(types).build();
  }
}
