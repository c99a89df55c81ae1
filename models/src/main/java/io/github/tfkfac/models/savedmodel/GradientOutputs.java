package io.github.tfkfac.models.savedmodel;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TypeSpecProto;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Gives the function of a gradient one result per input of its operation.
 *
 * <p>TensorFlow leaves out results that are {@code None} and takes apart those that are sparse. The
 * first {@code None}s, which stand for the operation's results, stay left out; later ones become
 * zeros, and sparse results dense ones.
 */
final class GradientOutputs {

  private static final String GRADIENT = "input_gradient_";

  private final FunctionDef.Builder function;
  private final OpDef original;
  private int taken;

  private GradientOutputs(FunctionDef function) {
    this.function = function.toBuilder();
    this.original = function.getSignature();
    this.function.clearRet().getSignatureBuilder().clearOutputArg();
  }

  /** The completed function; empty if its results are not one per gradient that it takes. */
  static Optional<FunctionDef> complete(FunctionDef function, SavedConcreteFunction saved) {
    StructuredValue structure = saved.getOutputSignature();
    List<StructuredValue> results =
        structure.hasTupleValue()
            ? structure.getTupleValue().getValuesList()
            : structure.getListValue().getValuesList();
    int gradients = function.getSignature().getInputArgCount() - saved.getBoundInputsCount();
    if (results.size() != gradients) {
      return Optional.empty();
    }
    GradientOutputs outputs = new GradientOutputs(function);
    boolean leading = true;
    for (int i = 0; i < gradients; i++) {
      StructuredValue result = results.get(i);
      leading &= result.hasNoneValue();
      boolean known =
          result.hasNoneValue()
              ? leading || outputs.addZeros(i)
              : result.hasTensorSpecValue()
                  ? outputs.addTensor(i, function)
                  : outputs.addSparse(i, result.getTypeSpecValue(), function);
      if (!known) {
        return Optional.empty();
      }
    }
    return outputs.taken == function.getSignature().getOutputArgCount()
        ? Optional.of(outputs.function.build())
        : Optional.empty();
  }

  private boolean addTensor(int input, FunctionDef from) {
    if (taken >= original.getOutputArgCount()) {
      return false;
    }
    ArgDef output = original.getOutputArg(taken++);
    add(input, output.getType(), from.getRetOrThrow(output.getName()));
    return true;
  }

  private boolean addZeros(int input) {
    ArgDef gradient = original.getInputArg(input);
    DataType type = gradient.getType();
    if (type == DataType.DT_RESOURCE || type == DataType.DT_VARIANT || type == DataType.DT_STRING) {
      add(input, type, gradient.getName());
    } else {
      String zeros = zeros(input);
      add(input, type, zeros + ":y:0");
    }
    return true;
  }

  private String zeros(int input) {
    ArgDef gradient = original.getInputArg(input);
    String name = GRADIENT + input + "/zeros";
    node("ZerosLike", name, gradient.getType(), "T", gradient.getName());
    return name;
  }

  private boolean addSparse(int input, TypeSpecProto spec, FunctionDef from) {
    int parts = spec.getNumFlatComponents();
    if (spec.getTypeSpecClass() != TypeSpecProto.TypeSpecClass.INDEXED_SLICES_SPEC
        || parts < 2
        || taken + parts > original.getOutputArgCount()) {
      return false;
    }
    ArgDef values = original.getOutputArg(taken);
    ArgDef indices = original.getOutputArg(taken + 1);
    taken += parts;
    String scope = GRADIENT + input;
    String zeros = zeros(input);
    function.addNodeDef(
        NodeDef.newBuilder()
            .setName(scope + "/axis")
            .setOp("Const")
            .putAttr("dtype", type(DataType.DT_INT32))
            .putAttr(
                "value",
                AttrValue.newBuilder()
                    .setTensor(
                        TensorProto.newBuilder()
                            .setDtype(DataType.DT_INT32)
                            .setTensorShape(TensorShapeProto.getDefaultInstance())
                            .addIntVal(-1))
                    .build()));
    node(
        "ExpandDims",
        scope + "/rows",
        indices.getType(),
        "T",
        from.getRetOrThrow(indices.getName()),
        scope + "/axis:output:0");
    node(
        "TensorScatterAdd",
        scope + "/dense",
        values.getType(),
        "T",
        zeros + ":y:0",
        scope + "/rows:output:0",
        from.getRetOrThrow(values.getName()));
    function
        .getNodeDefBuilder(function.getNodeDefCount() - 1)
        .putAttr("Tindices", type(indices.getType()));
    add(input, values.getType(), scope + "/dense:output:0");
    return true;
  }

  private void node(String op, String name, DataType type, String attribute, String... inputs) {
    function.addNodeDef(
        NodeDef.newBuilder()
            .setName(name)
            .setOp(op)
            .addAllInput(List.of(inputs))
            .putAttr(attribute, type(type)));
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private void add(int input, DataType type, String tensor) {
    String name = GRADIENT + input;
    function.getSignatureBuilder().addOutputArgBuilder().setName(name).setType(type);
    function.putRet(name, tensor);
  }
}
