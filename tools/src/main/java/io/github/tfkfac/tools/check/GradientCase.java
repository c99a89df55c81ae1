package io.github.tfkfac.tools.check;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * One small expression whose gradient is put to the test.
 *
 * @param name the op type, and the setting that matters
 * @param type of the inputs
 * @param inputs their shapes
 * @param builder makes the expression
 * @param <T> of the inputs
 */
record GradientCase<T extends TNumber>(
    String name, Class<T> type, List<Shape> inputs, Builder<T> builder) {

  /** Makes an expression of the inputs. */
  @FunctionalInterface
  interface Builder<T extends TNumber> {
    Expression build(Ops tf, List<Operand<T>> inputs);
  }

  /** An expression with one output. */
  @FunctionalInterface
  interface Function<T extends TNumber> {
    Operand<? extends TNumber> apply(Ops tf, List<Operand<T>> inputs);
  }

  /**
   * Outputs, and what to differentiate them by.
   *
   * @param outputs differentiated together
   * @param variables one for each input, as the derivative by it; empty for the inputs themselves
   */
  record Expression(List<? extends Operand<?>> outputs, List<? extends Operand<?>> variables) {
    static Expression of(List<? extends Operand<?>> outputs) {
      return new Expression(outputs, List.of());
    }
  }

  /** In float64, where central differences are good to ten digits. */
  static GradientCase<TFloat64> of(String name, Shape input, Function<TFloat64> function) {
    return of(name, List.of(input), function);
  }

  static GradientCase<TFloat64> of(String name, List<Shape> inputs, Function<TFloat64> function) {
    return withOutputs(name, inputs, (tf, x) -> List.of(function.apply(tf, x)));
  }

  /** For op types that are not there in float64. */
  static GradientCase<TFloat32> ofFloat32(
      String name, List<Shape> inputs, Function<TFloat32> function) {
    return new GradientCase<>(
        name, TFloat32.class, inputs, (tf, x) -> Expression.of(List.of(function.apply(tf, x))));
  }

  static GradientCase<TFloat64> withOutputs(
      String name, List<Shape> inputs, Outputs<TFloat64> outputs) {
    return new GradientCase<>(
        name, TFloat64.class, inputs, (tf, x) -> Expression.of(outputs.apply(tf, x)));
  }

  /** An expression with several outputs. */
  @FunctionalInterface
  interface Outputs<T extends TNumber> {
    List<? extends Operand<?>> apply(Ops tf, List<Operand<T>> inputs);
  }

  /** A vector of integers, for axes, sizes and indices. */
  static Operand<TInt32> ints(Ops tf, int... values) {
    return tf.constant(values);
  }

  /** An operation that is built by the name of its type. */
  static Raw raw(Ops tf, String type, List<? extends Operand<?>> inputs) {
    return new Raw(tf.scope().opBuilder(type, type), inputs);
  }

  /** An operation in the making. */
  static final class Raw {
    private final OperationBuilder builder;

    private Raw(OperationBuilder builder, List<? extends Operand<?>> inputs) {
      this.builder = builder;
      inputs.forEach(input -> builder.addInput(input.asOutput()));
    }

    Raw ints(String name, long... values) {
      builder.setAttr(name, values);
      return this;
    }

    Raw number(String name, long value) {
      builder.setAttr(name, value);
      return this;
    }

    Raw text(String name, String value) {
      builder.setAttr(name, value);
      return this;
    }

    Raw flag(String name, boolean value) {
      builder.setAttr(name, value);
      return this;
    }

    Raw type(String name, DataType value) {
      builder.setAttr(name, value);
      return this;
    }

    @SuppressWarnings("unchecked") // cases for float64 build float64
    Operand<TFloat64> out() {
      return (Operand<TFloat64>) any();
    }

    @SuppressWarnings("unchecked") // cases for float32 build float32
    Operand<TFloat32> single() {
      return (Operand<TFloat32>) any();
    }

    Operand<?> any() {
      return builder.build().output(0);
    }

    Operation operation() {
      return builder.build();
    }
  }
}
