package io.github.tfkfac.internal.gradient;

import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TNumber;

/** An operation that is built by the name of its type. */
final class RawOperation {

  private final GraphOperation forward;
  private final OperationBuilder builder;
  private @Nullable Operation built;

  RawOperation(Ops tf, GraphOperation forward, String type) {
    this.forward = forward;
    this.builder = tf.scope().opBuilder(type, type);
  }

  RawOperation in(Operand<?>... inputs) {
    for (Operand<?> input : inputs) {
      builder.addInput(input.asOutput());
    }
    return this;
  }

  RawOperation flag(String name, boolean value) {
    builder.setAttr(name, value);
    return this;
  }

  RawOperation text(String name, String value) {
    builder.setAttr(name, value);
    return this;
  }

  RawOperation numbers(String name, long... values) {
    builder.setAttr(name, values);
    return this;
  }

  RawOperation type(String name, DataType value) {
    builder.setAttr(name, value);
    return this;
  }

  /** Takes settings over from the operation that is differentiated. */
  RawOperation like(String... names) {
    for (String name : names) {
      builder.setAttr(name, forward.attributes().getAttrValueProto(name));
    }
    return this;
  }

  Operand<TNumber> out(int index) {
    if (built == null) {
      built = builder.build();
    }
    return OperationStep.number(built.output(index));
  }
}
