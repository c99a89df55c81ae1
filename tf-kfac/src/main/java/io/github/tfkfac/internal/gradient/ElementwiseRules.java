package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Derivatives of functions that are applied to each number on its own. */
final class ElementwiseRules {

  /** A derivative as a function of input and output. */
  @FunctionalInterface
  interface Slope {
    Operand<TNumber> at(OperationStep step, Operand<TNumber> x, Operand<TNumber> y);
  }

  private ElementwiseRules() {}

  /** {@code dx = dy f'(x)}. */
  static GradientRule slope(Slope slope) {
    return step ->
        Map.of(0, step.tf().math.mul(step.gradient(), slope.at(step, step.in(0), step.out(0))));
  }

  /** Every input's gradient is that of the output in the same place. */
  static Map<Integer, Operand<?>> identity(OperationStep step) {
    Map<Integer, Operand<?>> passed = new LinkedHashMap<>();
    step.arrived().forEach((index, gradient) -> passed.put(index, gradient));
    return passed;
  }

  /** A sum: every input's gradient is that of the output. */
  static Map<Integer, Operand<?>> sum(OperationStep step) {
    Map<Integer, Operand<?>> passed = new LinkedHashMap<>();
    step.use().inputs().forEach(input -> passed.put(input, step.gradient()));
    return passed;
  }

  /** {@code erfc'(x) = -2/√π exp(-x²)}. */
  static Operand<TNumber> erfc(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    Ops tf = step.tf();
    return step.times(tf.math.exp(tf.math.neg(tf.math.square(x))), -2 / Math.sqrt(Math.PI));
  }

  /** The derivative of the digamma function is the trigamma function. */
  static Operand<TNumber> digamma(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    return step.tf().math.polygamma(step.tf().onesLike(x), x);
  }

  /** Dawson's integral: {@code 1 - 2xy}. */
  static Operand<TNumber> dawson(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    Ops tf = step.tf();
    return tf.math.sub(tf.onesLike(x), step.times(tf.math.mul(x, y), 2));
  }

  /** {@code exp(x)/x}. */
  static Operand<TNumber> exponentialIntegral(
      OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    return step.tf().math.div(step.tf().math.exp(x), x);
  }

  /** {@code log(x)/(1 - x)}. */
  static Operand<TNumber> spence(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    Ops tf = step.tf();
    return tf.math.div(tf.math.log(x), tf.math.sub(tf.onesLike(x), x));
  }

  /** {@code I₀' = I₁}. */
  static Operand<TNumber> besselI0(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    return step.op("BesselI1").in(x).out(0);
  }

  /** {@code (e^{-|x|} I₀)' = e^{-|x|} I₁ - sign(x) y}. */
  static Operand<TNumber> besselI0e(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    Ops tf = step.tf();
    return tf.math.sub(step.op("BesselI1e").in(x).out(0), tf.math.mul(tf.math.sign(x), y));
  }

  /** {@code I₁' = I₀ - y/x}, and 1/2 at 0. */
  static Operand<TNumber> besselI1(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    Ops tf = step.tf();
    Operand<TNumber> zeroth = step.op("BesselI0").in(x).out(0);
    return halfAtZero(step, x, tf.math.sub(zeroth, tf.math.divNoNan(y, x)));
  }

  /** {@code (e^{-|x|} I₁)' = e^{-|x|} I₀ - y (sign(x) + 1/x)}, and 1/2 at 0. */
  static Operand<TNumber> besselI1e(OperationStep step, Operand<TNumber> x, Operand<TNumber> y) {
    Ops tf = step.tf();
    Operand<TNumber> zeroth = step.op("BesselI0e").in(x).out(0);
    Operand<TNumber> rest = tf.math.add(tf.math.mul(y, tf.math.sign(x)), tf.math.divNoNan(y, x));
    return halfAtZero(step, x, tf.math.sub(zeroth, rest));
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
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    if (step.wants(0)) {
      gradients.put(0, step.unbroadcast(first, step.in(0)));
    }
    if (step.wants(1)) {
      gradients.put(1, step.unbroadcast(second, step.in(1)));
    }
    return gradients;
  }
}
