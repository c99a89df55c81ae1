package io.github.tfkfac.precondition;

import io.github.tfkfac.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The preconditioned gradient of one layer, {@code V = B_A D B_G}.
 *
 * <p><i>Shapes</i>: {@code D [inputSize, outputSize]}, or a stack {@code [channels, inputSize,
 * outputSize]}. Source: Martens and Grosse 2015; weight and bias jointly.
 *
 * @param inputInverse {@code B_A}, (approximate) inverse of the damped input factor
 * @param outputInverse {@code B_G}, of the damped output-gradient factor
 */
public record BlockPreconditioner<T extends TNumber>(
    Operand<T> inputInverse, Operand<T> outputInverse) {

  /** Preconditions a layer's gradient matrix. */
  public Operand<T> apply(Ops tf, Operand<T> gradient) {
    return Matrices.multiply(tf, Matrices.multiply(tf, inputInverse, gradient), outputInverse);
  }
}
