package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Result of one or several Newton steps.
 *
 * @param inverse the improved inverse, {@code [d, d]} or {@code [c, d, d]}
 * @param fullStep per matrix: true where the step size was 1 (in every iteration), false where a
 *     shortened step was taken
 * @param startResidual per matrix: {@code ‖I − X‖_F} before the (first) step, X being the product
 *     of the start and the matrix; a by-product, without a further matrix product
 */
public record NewtonStep<T extends TNumber>(
    Operand<T> inverse, Operand<TBool> fullStep, Operand<T> startResidual) {}
