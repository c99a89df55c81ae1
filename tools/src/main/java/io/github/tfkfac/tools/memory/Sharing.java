package io.github.tfkfac.tools.memory;

import java.util.List;
import java.util.Set;

/** Operations that forward an input's memory to their output, as TensorFlow's CPU kernels do. */
final class Sharing {

  /** Makes the handle of a resource variable. */
  static final String HANDLE = "VarHandleOp";

  /** A variable whose output is its own memory. */
  static final String REFERENCE = "VariableV2";

  static final String CONSTANT = "Const";
  static final String PLACEHOLDER = "Placeholder";
  static final String SWITCH = "Switch";
  static final String MERGE = "Merge";
  static final String ASSIGN_HANDLE = "AssignVariableOp";

  /** The output is the input, or another view of it. */
  private static final Set<String> VIEWS =
      Set.of(
          "Identity",
          "IdentityN",
          "Reshape",
          "Squeeze",
          "ExpandDims",
          "StopGradient",
          "PreventGradient",
          "CheckNumerics",
          "EnsureShape",
          "Bitcast",
          "Snapshot",
          "ReadVariableOp",
          "RefSwitch",
          "Assign",
          "AssignAdd",
          "AssignSub",
          SWITCH,
          MERGE);

  /** The output may take the place of an input of its size that nobody else needs. */
  private static final Set<String> IN_PLACE =
      Set.of(
          "Abs",
          "Add",
          "AddN",
          "AddV2",
          "BiasAdd",
          "Ceil",
          "ClipByValue",
          "Cos",
          "Div",
          "DivNoNan",
          "Elu",
          "EluGrad",
          "Equal",
          "Erf",
          "Exp",
          "Floor",
          "FloorDiv",
          "FloorMod",
          "FusedBatchNormV3",
          "FusedBatchNormGradV3",
          "Greater",
          "GreaterEqual",
          "Inv",
          "InvGrad",
          "IsFinite",
          "LeakyRelu",
          "LeakyReluGrad",
          "Less",
          "LessEqual",
          "Log",
          "Log1p",
          "LogicalAnd",
          "LogicalNot",
          "LogicalOr",
          "LogSoftmax",
          "Maximum",
          "Minimum",
          "Mul",
          "Neg",
          "NotEqual",
          "Pow",
          "RealDiv",
          "Reciprocal",
          "ReciprocalGrad",
          "Relu",
          "Relu6",
          "Relu6Grad",
          "ReluGrad",
          "Round",
          "Rsqrt",
          "RsqrtGrad",
          "Select",
          "SelectV2",
          "Sigmoid",
          "SigmoidGrad",
          "Sign",
          "Sin",
          "Softmax",
          "Softplus",
          "SoftplusGrad",
          "Sqrt",
          "SqrtGrad",
          "Square",
          "SquaredDifference",
          "Sub",
          "Tanh",
          "TanhGrad",
          "Xdivy",
          "Xlogy",
          "ZerosLike");

  private static final Set<String> WHOLE = Set.of("Max", "Mean", "Min", "Slice", "Sum");

  private Sharing() {}

  /** Whether every output is the memory of an input. */
  static boolean isView(StepGraph.Node node) {
    return VIEWS.contains(node.type())
        || (node.type().equals("Cast")
            && node.definition()
                .getAttrOrThrow("SrcT")
                .equals(node.definition().getAttrOrThrow("DstT")));
  }

  /** Whether the output is the first input where it is as large: nothing was cut or summed. */
  static boolean passesWhole(StepGraph.Node node) {
    return WHOLE.contains(node.type());
  }

  /** The inputs whose memory the first output may take, in the order they are tried. */
  static List<StepGraph.Edge> replaceable(StepGraph.Node node) {
    return IN_PLACE.contains(node.type()) ? node.inputs() : List.of();
  }
}
