package io.github.tfkfac.internal.gradient;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.MathOps;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TNumber;

/** Derivatives of functions that are applied to each number on its own. */
final class ElementwiseRules {

  private static final Map<String, GradientRule> SLOPES = new LinkedHashMap<>();

  static {
    // -2/√π exp(-x²)
    slope(
        "Erfc",
        (step, math, x, y) ->
            step.times(math.exp(math.neg(math.square(x))), -2 / Math.sqrt(Math.PI)));
    // the trigamma function
    slope("Digamma", (step, math, x, y) -> math.polygamma(step.tf().onesLike(x), x));
    // 1 - 2xy
    slope(
        "Dawsn",
        (step, math, x, y) -> math.sub(step.tf().onesLike(x), step.times(math.mul(x, y), 2)));
    // exp(x)/x
    slope("Expint", (step, math, x, y) -> math.div(math.exp(x), x));
    // log(x)/(1 - x)
    slope(
        "Spence", (step, math, x, y) -> math.div(math.log(x), math.sub(step.tf().onesLike(x), x)));
    // I₁
    slope("BesselI0", (step, math, x, y) -> step.op("BesselI1").in(x).out(0));
    // e^{-|x|} I₁ - sign(x) y
    slope(
        "BesselI0e",
        (step, math, x, y) ->
            math.sub(step.op("BesselI1e").in(x).out(0), math.mul(math.sign(x), y)));
    // I₀ - y/x, and 1/2 at 0
    slope(
        "BesselI1",
        (step, math, x, y) ->
            halfAtZero(step, x, math.sub(step.op("BesselI0").in(x).out(0), math.divNoNan(y, x))));
    // e^{-|x|} I₀ - y (sign(x) + 1/x), and 1/2 at 0
    slope(
        "BesselI1e",
        (step, math, x, y) ->
            halfAtZero(
                step,
                x,
                math.sub(
                    step.op("BesselI0e").in(x).out(0),
                    math.add(math.mul(y, math.sign(x)), math.divNoNan(y, x)))));
  }

  private ElementwiseRules() {}

  /** A derivative as a function of input and output. */
  private interface Slope {
    Operand<TNumber> at(OperationStep step, MathOps math, Operand<TNumber> x, Operand<TNumber> y);
  }

  private static void slope(String type, Slope slope) {
    SLOPES.put(
        type,
        GradientRule.ofFirst(
            step ->
                step.tf()
                    .math
                    .mul(
                        step.gradient(), slope.at(step, step.tf().math, step.in(0), step.out(0)))));
  }

  /** {@code dx = dy f'(x)}, by the operation that is f. */
  static Map<String, GradientRule> slopes() {
    return Collections.unmodifiableMap(SLOPES);
  }

  /** Every input's gradient is that of the output in the same place. */
  static Map<Integer, Operand<?>> identity(OperationStep step) {
    return new LinkedHashMap<>(step.arrived());
  }

  /** A sum: every input's gradient is that of the output. */
  static Map<Integer, Operand<?>> sum(OperationStep step) {
    Map<Integer, Operand<?>> passed = new LinkedHashMap<>();
    step.use().inputs().forEach(input -> passed.put(input, step.gradient()));
    return passed;
  }

  private static Operand<TNumber> halfAtZero(
      OperationStep step, Operand<TNumber> x, Operand<TNumber> elsewhere) {
    Ops tf = step.tf();
    return tf.select(tf.math.equal(x, tf.zerosLike(x)), step.times(tf.onesLike(x), 0.5), elsewhere);
  }

  /** Remainders: {@code z = x - q y} with a quotient q that is constant almost everywhere. */
  static Map<Integer, Operand<?>> remainder(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> quotient = tf.math.div(tf.math.sub(step.in(0), step.out(0)), step.in(1));
    Operand<TNumber> whole = step.op("Rint").in(quotient).out(0);
    return binary(step, step.gradient(), tf.math.neg(tf.math.mul(step.gradient(), whole)));
  }

  /** {@code x log y}, and 0 where x is. */
  static Map<Integer, Operand<?>> xlogy(OperationStep step) {
    Ops tf = step.tf();
    return byFactors(
        step, tf.math.xlogy(notZero(step), step.in(1)), tf.math.xdivy(step.in(0), step.in(1)));
  }

  /** {@code x log(1 + y)}, and 0 where x is. */
  static Map<Integer, Operand<?>> xlog1py(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> shifted = tf.math.add(step.in(1), tf.onesLike(step.in(1)));
    return byFactors(
        step, tf.math.xlog1py(notZero(step), step.in(1)), tf.math.xdivy(step.in(0), shifted));
  }

  /** {@code x/y}, and 0 where x is. */
  static Map<Integer, Operand<?>> xdivy(OperationStep step) {
    Ops tf = step.tf();
    return byFactors(
        step,
        tf.math.xdivy(notZero(step), step.in(1)),
        tf.math.xdivy(tf.math.neg(step.in(0)), tf.math.square(step.in(1))));
  }

  /** {@code x y}, and 0 where y is, whatever x. */
  static Map<Integer, Operand<?>> mulNoNan(OperationStep step) {
    Ops tf = step.tf();
    return binary(
        step,
        tf.math.mulNoNan(step.gradient(), step.in(1)),
        tf.math.mulNoNan(step.in(0), step.gradient()));
  }

  /** The angle of (x, y) with y first: {@code x/(x² + y²)} and {@code -y/(x² + y²)}. */
  static Map<Integer, Operand<?>> atan2(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> y = step.in(0);
    Operand<TNumber> x = step.in(1);
    Operand<TNumber> square = tf.math.add(tf.math.square(x), tf.math.square(y));
    return byFactors(step, tf.math.div(x, square), tf.math.neg(tf.math.div(y, square)));
  }

  private static Operand<TNumber> notZero(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> x = step.in(0);
    return tf.dtypes.cast(tf.math.notEqual(x, tf.zerosLike(x)), x.type());
  }

  private static Map<Integer, Operand<?>> byFactors(
      OperationStep step, Operand<TNumber> first, Operand<TNumber> second) {
    Ops tf = step.tf();
    return binary(step, tf.math.mul(step.gradient(), first), tf.math.mul(step.gradient(), second));
  }

  private static Map<Integer, Operand<?>> binary(
      OperationStep step, Operand<TNumber> first, Operand<TNumber> second) {
    return step.wanted(
        0,
        () -> step.unbroadcast(first, step.in(0)),
        1,
        () -> step.unbroadcast(second, step.in(1)));
  }

  /**
   * Of a complex x, {@code dx = dy x/|x|}.
   *
   * <p>The gradient of a complex number holds that of its real part and, times i, that of its
   * imaginary part, in either precision.
   */
  static Operand<?> absolute(OperationStep step) {
    Operand<TNumber> zero = step.tf().zerosLike(step.out(0));
    Output<?> x = step.operation().input(0);
    Operand<TNumber> scaled = step.op("Mul").in(complex(step, step.gradient(), zero)).in(x).out(0);
    return step.op("DivNoNan").in(scaled).in(complex(step, step.out(0), zero)).out(0);
  }

  /** The real part. */
  static Operand<?> real(OperationStep step) {
    Operand<TNumber> gradient = step.gradient();
    return complex(step, gradient, step.tf().zerosLike(gradient));
  }

  /** The imaginary part. */
  static Operand<?> imaginary(OperationStep step) {
    Operand<TNumber> gradient = step.gradient();
    return complex(step, step.tf().zerosLike(gradient), gradient);
  }

  /** {@code dx = i dy x/|x|²}. */
  static Operand<?> angle(OperationStep step) {
    Output<?> x = step.operation().input(0);
    Operand<TNumber> gradient = step.gradient();
    Operand<TNumber> turned = complex(step, step.tf().zerosLike(gradient), gradient);
    Operand<TNumber> conjugate = step.op("Conj").in(x).out(0);
    return step.op("RealDiv").in(turned).in(conjugate).out(0);
  }

  /** A complex number of its parts. */
  static Map<Integer, Operand<?>> parts(OperationStep step) {
    return step.wanted(0, () -> part(step, "Real", 0), 1, () -> part(step, "Imag", 1));
  }

  private static Operand<?> part(OperationStep step, String type, int input) {
    RawOperation part = step.op(type).in(step.gradient());
    return step.unbroadcast(
        part.type("Tout", step.operation().input(input).dataType()).out(0), step.in(input));
  }

  private static Operand<TNumber> complex(
      OperationStep step, Operand<TNumber> real, Operand<TNumber> imaginary) {
    DataType type = step.operation().input(0).dataType();
    return step.op("Complex").in(real).in(imaginary).type("Tout", type).out(0);
  }

  /** Simulated quantization passes the gradient where nothing is clipped, as TensorFlow defines. */
  static Map<Integer, Operand<?>> fakeQuantization(OperationStep step) {
    String type = step.operation().type();
    RawOperation derivative = step.op(type + "Gradient").in(step.gradient(), step.in(0));
    if (type.equals("FakeQuantWithMinMaxArgs")) {
      return Map.of(0, derivative.like("min", "max", "num_bits", "narrow_range").out(0));
    }
    derivative.in(step.in(1), step.in(2)).like("num_bits", "narrow_range");
    return Map.of(0, derivative.out(0), 1, derivative.out(1), 2, derivative.out(2));
  }
}
