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

  /** An expression of one input. */
  @FunctionalInterface
  interface One<T extends TNumber, R> {
    R apply(Ops tf, Operand<T> x);
  }

  /** An expression of two inputs. */
  @FunctionalInterface
  interface Two<T extends TNumber, R> {
    R apply(Ops tf, Operand<T> x, Operand<T> y);
  }

  /** An expression of any number of inputs. */
  @FunctionalInterface
  interface Several<T extends TNumber, R> {
    R apply(Ops tf, List<Operand<T>> x);
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
  static GradientCase<TFloat64> row(
      String name, Shape input, One<TFloat64, Operand<? extends TNumber>> function) {
    return row(name, List.of(input), (tf, x) -> function.apply(tf, x.get(0)));
  }

  /** The same of two inputs. */
  static GradientCase<TFloat64> row(
      String name, List<Shape> inputs, Two<TFloat64, Operand<? extends TNumber>> function) {
    return row(name, inputs, (tf, x) -> function.apply(tf, x.get(0), x.get(1)));
  }

  /** The same of any number of inputs. */
  static GradientCase<TFloat64> row(
      String name, List<Shape> inputs, Several<TFloat64, Operand<? extends TNumber>> function) {
    return outputs(name, inputs, (tf, x) -> List.of(function.apply(tf, x)));
  }

  /** In float32, for op types that are not there in float64. */
  static GradientCase<TFloat32> row32(
      String name, Shape input, One<TFloat32, Operand<? extends TNumber>> function) {
    return row32(name, List.of(input), (tf, x) -> function.apply(tf, x.get(0)));
  }

  /** The same of any number of inputs. */
  static GradientCase<TFloat32> row32(
      String name, List<Shape> inputs, Several<TFloat32, Operand<? extends TNumber>> function) {
    return new GradientCase<>(
        name, TFloat32.class, inputs, (tf, x) -> Expression.of(List.of(function.apply(tf, x))));
  }

  /** In float64 with several outputs. */
  static GradientCase<TFloat64> outputs(
      String name, Shape input, One<TFloat64, List<? extends Operand<?>>> outputs) {
    return outputs(name, List.of(input), (tf, x) -> outputs.apply(tf, x.get(0)));
  }

  /** The same of any number of inputs. */
  static GradientCase<TFloat64> outputs(
      String name, List<Shape> inputs, Several<TFloat64, List<? extends Operand<?>>> outputs) {
    return new GradientCase<>(
        name, TFloat64.class, inputs, (tf, x) -> Expression.of(outputs.apply(tf, x)));
  }

  /** A vector of integers, for axes, sizes and indices. */
  static Operand<TInt32> ints(Ops tf, int... values) {
    return tf.constant(values);
  }

  /** An operation that is built by the name of its type. */
  static Raw raw(Ops tf, String type, Operand<?>... inputs) {
    return new Raw(tf.scope().opBuilder(type, type), inputs);
  }

  /** An operation in the making. */
  static final class Raw {
    private final OperationBuilder builder;

    private Raw(OperationBuilder builder, Operand<?>... inputs) {
      this.builder = builder;
      for (Operand<?> input : inputs) {
        builder.addInput(input.asOutput());
      }
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
