package io.github.tfkfac.internal.state;

import io.github.tfkfac.extension.GraphVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/**
 * Reads, assignments and restored values of variables of any element type, those that
 * TensorFlow-Java has no class for included.
 */
public final class VariableAccess {

  /** The container of variables that other workers do not have. */
  static final String OF_ONE_WORKER = "of_one_worker";

  private VariableAccess() {}

  /** Whether an operation is a variable, of either kind. */
  public static boolean isVariable(Operation operation) {
    return operation.type().equals(GraphVariable.REFERENCE)
        || operation.type().equals(GraphVariable.RESOURCE);
  }

  /** Whether only this worker has a variable. */
  public static boolean isOfOneWorker(Operation variable) {
    return variable instanceof GraphOperation operation
        && operation.attributes().getAttrString("container").equals(OF_ONE_WORKER);
  }

  /** The value of a variable when this read runs. */
  public static Output<?> read(Ops tf, GraphOperation variable) {
    Output<?> output = variable.output(0);
    if (variable.type().equals(GraphVariable.REFERENCE)) {
      return tf.identity(output).asOutput();
    }
    return tf.scope()
        .opBuilder("ReadVariableOp", "ReadVariableOp")
        .addInput(output)
        .setAttr("dtype", variable.attributes().getAttrType("dtype"))
        .build()
        .output(0);
  }

  /** Replaces the value of a variable. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // TensorFlow itself compares the types
  public static Op assign(Ops tf, GraphOperation variable, Output<?> value) {
    return variable.type().equals(GraphVariable.REFERENCE)
        ? tf.assign((Operand) variable.output(0), (Operand) value)
        : tf.assignVariableOp(variable.output(0), value);
  }

  /**
   * Values from a checkpoint.
   *
   * @param file what the names of the checkpoint's files begin with
   * @param keys names of the values
   * @param slices parts of the values, {@code ""} for all of one
   * @param types element types of the values
   */
  public static List<Output<?>> restore(
      Ops tf,
      Operand<TString> file,
      Operand<TString> keys,
      Operand<TString> slices,
      List<DataType> types) {
    Operation restored =
        tf.scope()
            .opBuilder("RestoreV2", "RestoreV2")
            .addInput(file.asOutput())
            .addInput(keys.asOutput())
            .addInput(slices.asOutput())
            .setAttr("dtypes", types.toArray(DataType[]::new))
            .build();
    List<Output<?>> values = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      values.add(restored.output(i));
    }
    return values;
  }
}
