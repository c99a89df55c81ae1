package io.github.tfkfac.precondition;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * What a norm control may know of the training step.
 *
 * @param learningRate scalar, the learning rate of this step
 * @param step scalar, the number of training steps already done
 */
public record StepContext(Operand<TFloat64> learningRate, Operand<TInt64> step) {}
