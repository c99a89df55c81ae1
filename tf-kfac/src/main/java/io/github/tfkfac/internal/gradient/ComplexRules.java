package io.github.tfkfac.internal.gradient;

import java.util.LinkedHashMap;
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
  static Map<Integer, Operand<?>> absolute(OperationStep step) {
    Operand<TNumber> zero = step.tf().zerosLike(step.out(0));
    Output<?> x = step.operation().input(0);
    Operand<TNumber> scaled = step.op("Mul").in(complex(step, step.gradient(), zero)).in(x).out(0);
    return Map.of(0, step.op("DivNoNan").in(scaled).in(complex(step, step.out(0), zero)).out(0));
  }

  /** The real part. */
  static Map<Integer, Operand<?>> real(OperationStep step) {
    Operand<TNumber> gradient = step.gradient();
    return Map.of(0, complex(step, gradient, step.tf().zerosLike(gradient)));
  }

  /** The imaginary part. */
  static Map<Integer, Operand<?>> imaginary(OperationStep step) {
    Operand<TNumber> gradient = step.gradient();
    return Map.of(0, complex(step, step.tf().zerosLike(gradient), gradient));
  }

  /** {@code dx = i dy x/|x|²}. */
  static Map<Integer, Operand<?>> angle(OperationStep step) {
    Output<?> x = step.operation().input(0);
    Operand<TNumber> gradient = step.gradient();
    Operand<TNumber> turned = complex(step, step.tf().zerosLike(gradient), gradient);
    Operand<TNumber> conjugate = step.op("Conj").in(x).out(0);
    return Map.of(0, step.op("RealDiv").in(turned).in(conjugate).out(0));
  }

  /** A complex number of its parts. */
  static Map<Integer, Operand<?>> parts(OperationStep step) {
    Map<Integer, Operand<?>> gradients = new LinkedHashMap<>();
    for (int part = 0; part < 2; part++) {
      if (step.wants(part)) {
        Operand<TNumber> found =
            step.op(part == 0 ? "Real" : "Imag")
                .in(step.gradient())
                .type("Tout", step.operation().input(part).dataType())
                .out(0);
        gradients.put(part, step.unbroadcast(found, step.in(part)));
      }
    }
    return gradients;
  }

  private static Operand<TNumber> complex(
      OperationStep step, Operand<TNumber> real, Operand<TNumber> imaginary) {
    DataType type = step.operation().input(0).dataType();
    return step.op("Complex").in(real).in(imaginary).type("Tout", type).out(0);
  }
}
