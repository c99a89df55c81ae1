package io.github.tfkfac.models.finetune;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.family.TFloating;

/** Facts about a tensor that follow from the operations that make it. */
final class TensorOrigin {

  private static final Set<String> PASSED =
      Set.of("Identity", "Snapshot", "EnsureShape", "CheckNumerics", "Cast");
  private static final Set<String> RESHAPED = Set.of("Reshape", "Squeeze", "ExpandDims");
  private static final Set<String> PRODUCTS =
      Set.of("MatMul", "BatchMatMul", "BatchMatMulV2", "Einsum", "Conv2D");
  private static final Set<String> SUMS = Set.of("Add", "AddV2");

  /** Operations that make probabilities of probabilities and constants, or nothing better. */
  private static final Set<String> MIXED =
      Set.of(
          "Add",
          "AddV2",
          "AddN",
          "Sub",
          "Mul",
          "RealDiv",
          "Div",
          "DivNoNan",
          "Maximum",
          "Minimum",
          "ClipByValue",
          "Pow",
          "Square",
          "Sqrt",
          "Mean",
          "Sum",
          "Prod",
          "Max",
          "Min",
          "ConcatV2",
          "Pack",
          "Slice",
          "StridedSlice",
          "GatherV2",
          "Transpose",
          "SelectV2",
          "MatMul",
          "BatchMatMul",
          "BatchMatMulV2",
          "Einsum");

  private TensorOrigin() {}

  /** The operation that makes a tensor, for messages. */
  static String describe(Output<?> tensor) {
    return tensor.op().type() + " '" + tensor.op().name() + "'";
  }

  /** A tensor's name as options take it. */
  static String name(Output<?> tensor) {
    return tensor.op().name() + ":" + tensor.index();
  }

  /**
   * Whether a tensor is a linear function of features: a dense layer or a convolution, with or
   * without bias, averaged over positions, or a sum of such.
   */
  static boolean isLinearLayer(Output<?> tensor) {
    GraphOperation operation = (GraphOperation) tensor.op();
    String type = operation.type();
    if (PASSED.contains(type)
        || RESHAPED.contains(type)
        || Set.of("BiasAdd", "Mean", "AvgPool").contains(type)) {
      return isLinearLayer(operation.input(0));
    }
    if (SUMS.contains(type)) {
      boolean first = isLinearLayer(operation.input(0));
      boolean second = isLinearLayer(operation.input(1));
      return (first && second)
          || (first && isWeight(operation.input(1)))
          || (second && isWeight(operation.input(0)));
    }
    if (!PRODUCTS.contains(type) || operation.numInputs() != 2) {
      return false;
    }
    Output<?> left = operation.input(0);
    Output<?> right = operation.input(1);
    return (isWeight(right) && !isWeight(left) && !isProbability(left))
        || (isWeight(left) && !isWeight(right) && !isProbability(right));
  }

  /**
   * Whether a tensor consists of probabilities: what softmax or sigmoid give, and what averages,
   * clipping, constants and other arithmetic without a layer make of that.
   */
  static boolean isProbability(Output<?> tensor) {
    OutputPath path = OutputPath.to(tensor);
    if (path.activation().isPresent()) {
      return path.activation().get().kind() != OutputPath.Kind.LOG_SOFTMAX;
    }
    GraphOperation operation = (GraphOperation) path.source().op();
    if (RESHAPED.contains(operation.type()) || PASSED.contains(operation.type())) {
      return isProbability(operation.input(0));
    }
    if (!MIXED.contains(operation.type())) {
      return false;
    }
    boolean found = false;
    for (Operand<?> operand : operation.inputs()) {
      Output<?> input = operand.asOutput();
      if (TFloating.class.isAssignableFrom(input.type())) {
        if (isProbability(input)) {
          found = true;
        } else if (!isConstant(input)) {
          return false;
        }
      }
    }
    return found;
  }

  /** Whether a tensor is the same for all examples. */
  private static boolean isWeight(Output<?> tensor) {
    return nothingBehind(tensor, operation -> operation.type().equals("Placeholder"));
  }

  /** Whether a tensor depends on neither examples nor variables. */
  private static boolean isConstant(Output<?> tensor) {
    return nothingBehind(
        tensor,
        operation -> Set.of("Placeholder", "VarHandleOp", "VariableV2").contains(operation.type()));
  }

  private static boolean nothingBehind(Output<?> tensor, Predicate<GraphOperation> wanted) {
    Set<GraphOperation> seen = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>(List.of((GraphOperation) tensor.op()));
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      if (wanted.test(operation)) {
        return false;
      }
      if (seen.add(operation)) {
        operation.inputs().forEach(input -> open.add((GraphOperation) input.op()));
      }
    }
    return true;
  }
}
