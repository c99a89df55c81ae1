package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.BroadcastGradientArgs;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * One operation of a backward pass: its inputs, its outputs and the gradients that arrive at them.
 *
 * @param tf where derivatives are built
 * @param arrived the gradients of its outputs, by position
 * @param replaced what takes the place of an input in the derivative, by position
 */
record OperationStep(
    Ops tf, OperationUse use, Map<Integer, Output<?>> arrived, Map<Integer, Output<?>> replaced) {

  OperationStep(Ops tf, OperationUse use, Map<Integer, Output<?>> arrived) {
    this(tf, use, arrived, Map.of());
  }

  /** The same with something else for some inputs. */
  OperationStep with(Map<Integer, Output<?>> others) {
    return new OperationStep(tf, use, arrived, others);
  }

  /** An input, or what takes its place. */
  Output<?> source(int index) {
    Output<?> other = replaced.get(index);
    return other == null ? operation().input(index) : other;
  }

  GraphOperation operation() {
    return use.operation();
  }

  /** An input. */
  Operand<TNumber> in(int index) {
    return number(operation().input(index));
  }

  /** An output. */
  Operand<TNumber> out(int index) {
    return number(operation().output(index));
  }

  /** The gradient of an output; zeros where none arrives. */
  Operand<TNumber> gradient(int index) {
    Output<?> found = arrived.get(index);
    return found == null ? tf.zerosLike(out(index)) : number(found);
  }

  /** The gradient of the first output. */
  Operand<TNumber> gradient() {
    return gradient(0);
  }

  boolean wants(int input) {
    return use.inputs().contains(input);
  }

  /** The gradients of two inputs, each built if it is wanted. */
  Map<Integer, Operand<?>> wanted(
      int first, Supplier<Operand<?>> ofFirst, int second, Supplier<Operand<?>> ofSecond) {
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (wants(first)) {
      gradients.put(first, ofFirst.get());
    }
    if (wants(second)) {
      gradients.put(second, ofSecond.get());
    }
    return gradients;
  }

  /** A constant of an operand's type. */
  Operand<TNumber> constant(Operand<TNumber> like, double value) {
    return tf.dtypes.cast(tf.constant(value), like.type());
  }

  Operand<TNumber> times(Operand<TNumber> value, double factor) {
    return tf.math.mul(value, constant(value, factor));
  }

  /** Sums over what broadcasting has repeated, so that the result has the shape of an operand. */
  Operand<TNumber> unbroadcast(Operand<TNumber> gradient, Operand<?> like) {
    Operand<TInt32> shape = tf.shape(like);
    Operand<TInt32> repeated =
        BroadcastGradientArgs.create(tf.scope(), shape, tf.shape(gradient)).r0();
    return tf.reshape(tf.reduceSum(gradient, repeated, ReduceSum.keepDims(true)), shape);
  }

  /** The product of stacks of matrices, each adjoint if asked for. */
  Operand<TNumber> product(
      Operand<TNumber> left, boolean adjointLeft, Operand<TNumber> right, boolean adjointRight) {
    return op("BatchMatMulV2")
        .in(left, right)
        .flag("adj_x", adjointLeft)
        .flag("adj_y", adjointRight)
        .out(0);
  }

  /** An operation of a type that has no method, or settings of the differentiated one. */
  RawOperation op(String type) {
    return new RawOperation(tf, operation(), type);
  }

  @SuppressWarnings("unchecked") // only rules for numbers ask
  static Operand<TNumber> number(Operand<?> operand) {
    return (Operand<TNumber>) operand;
  }
}
