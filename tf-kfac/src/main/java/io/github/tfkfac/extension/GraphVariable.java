package io.github.tfkfac.extension;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/**
 * A variable of a graph, of either kind that TensorFlow knows.
 *
 * <p><i>Shapes</i>: fixed when the variable is created.
 *
 * @param <T> element type
 */
public sealed interface GraphVariable<T extends TType> {

  /** TensorFlow's operation type of a variable that hands out a reference to its buffer. */
  String REFERENCE = "VariableV2";

  /**
   * TensorFlow's operation type of a handle to a variable that is read and assigned by operations
   * of its own.
   */
  String RESOURCE = "VarHandleOp";

  /** The output of the operation that is the variable: a reference or a handle. */
  Output<?> output();

  /** Element type. */
  Class<T> type();

  /** Shape of the value. */
  Shape shape();

  /** The value when this read runs; order it against assignments by control dependencies. */
  Operand<T> read(Ops tf);

  /** Replaces the value. */
  Op assign(Ops tf, Operand<T> value);

  /** Name of the variable's operation, unique in its graph. */
  default String name() {
    return output().op().name();
  }

  /** The operation that is the variable. */
  default Operation operation() {
    return output().op();
  }

  /**
   * A variable that hands out a reference ({@code VariableV2}).
   *
   * @param output the variable's output
   * @param type element type
   * @param shape shape of the value
   */
  record Reference<T extends TType>(Output<T> output, Class<T> type, Shape shape)
      implements GraphVariable<T> {
    @Override
    public Operand<T> read(Ops tf) {
      return tf.identity(output);
    }

    @Override
    public Op assign(Ops tf, Operand<T> value) {
      return tf.assign(output, value);
    }
  }

  /**
   * A resource variable ({@code VarHandleOp}).
   *
   * @param output the handle
   * @param type element type
   * @param shape shape of the value
   */
  record Resource<T extends TType>(Output<?> output, Class<T> type, Shape shape)
      implements GraphVariable<T> {
    @Override
    public Operand<T> read(Ops tf) {
      return tf.readVariableOp(output, type);
    }

    @Override
    public Op assign(Ops tf, Operand<T> value) {
      return tf.assignVariableOp(output, value);
    }
  }
}
