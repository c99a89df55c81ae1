package io.github.tfkfac.extension;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * Values of the training step that a norm control may use.
 *
 * @param learningRate scalar, the learning rate of this step
 * @param step scalar, the number of training steps already done
 */
public record StepContext(Operand<TFloat64> learningRate, Operand<TInt64> step) {}
