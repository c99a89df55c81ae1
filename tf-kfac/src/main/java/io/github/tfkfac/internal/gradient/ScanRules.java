package io.github.tfkfac.internal.gradient;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Derivatives of running products and sums, and of simulated quantization. */
final class ScanRules {

  private ScanRules() {}

  /**
   * Running products, exact where numbers are zero.
   *
   * <p>With zeros replaced by ones, P the running products and c the running counts of zeros,
   * {@code dx_k = Σ_i dy_i P_i [c_i = z_k] / x_k}, the sum over the products that have {@code x_k}
   * as a factor and z telling whether it is zero.
   */
  static Operand<?> runningProduct(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> x = step.in(0);
    Operand<TNumber> one = tf.onesLike(x);
    Operand<TNumber> zeros = tf.dtypes.cast(tf.math.equal(x, tf.zerosLike(x)), x.type());
    Operand<TNumber> filled = tf.math.add(x, zeros);
    Operand<TNumber> products = scan(step, "Cumprod", filled, step.use().flag("reverse"));
    Operand<TNumber> counts = scan(step, "Cumsum", zeros, step.use().flag("reverse"));
    Operand<TNumber> weighted = tf.math.mul(step.gradient(), products);
    Operand<TNumber> without = sumOver(step, weighted, counts, tf.zerosLike(x));
    Operand<TNumber> withOne = sumOver(step, weighted, counts, one);
    Operand<TNumber> chosen = tf.select(tf.math.equal(zeros, one), withOne, without);
    return tf.math.div(chosen, filled);
  }

  private static Operand<TNumber> sumOver(
      OperationStep step,
      Operand<TNumber> weighted,
      Operand<TNumber> counts,
      Operand<TNumber> wanted) {
    Ops tf = step.tf();
    Operand<TNumber> kept =
        tf.select(tf.math.equal(counts, wanted), weighted, tf.zerosLike(weighted));
    return scan(step, "Cumsum", kept, !step.use().flag("reverse"));
  }

  private static Operand<TNumber> scan(
      OperationStep step, String type, Operand<TNumber> value, boolean reverse) {
    return step.op(type)
        .in(value, step.operation().input(1))
        .flag("exclusive", step.use().flag("exclusive"))
        .flag("reverse", reverse)
        .out(0);
  }

  /**
   * Running log-sums of exponentials: {@code dx_k = Σ_i dy_i exp(x_k - y_i)}, gradients of either
   * sign summed in the logarithm.
   */
  static Operand<?> runningLogSum(OperationStep step) {
    Ops tf = step.tf();
    Operand<TNumber> gradient = step.gradient();
    return tf.math.sub(logSumPart(step, gradient), logSumPart(step, tf.math.neg(gradient)));
  }

  private static Operand<TNumber> logSumPart(OperationStep step, Operand<TNumber> gradient) {
    Ops tf = step.tf();
    Operand<TNumber> zero = tf.zerosLike(gradient);
    Operand<TNumber> positive = tf.math.maximum(gradient, zero);
    Operand<TNumber> logarithm = tf.math.sub(tf.math.log(positive), step.out(0));
    Operand<TNumber> sums =
        scan(step, "CumulativeLogsumexp", logarithm, !step.use().flag("reverse"));
    return tf.math.exp(tf.math.add(sums, step.in(0)));
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
