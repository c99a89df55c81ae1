package io.github.tfkfac.internal.gradient;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TNumber;

/**
 * Derivatives between real and complex numbers, in either precision.
 *
 * <p>The gradient of a complex number holds that of its real part and, times i, that of its
 * imaginary part.
 */
final class ComplexRules {

  private ComplexRules() {}

  /** {@code dx = dy x/|x|}. */
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
}
