package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The preconditioned gradient of one layer, {@code V = B_A D B_G}.
 *
 * <p><i>Shapes</i>: {@code D [inputSize, outputSize]}, or a stack {@code [count, inputSize,
 * outputSize]}. Source: Martens and Grosse 2015; weight and bias jointly.
 *
 * @param inputStructure what is kept of the input factor
 * @param inputInverse {@code B_A}, (approximate) inverse of the damped input factor, in the shape
 *     of its structure
 * @param outputStructure what is kept of the output-gradient factor
 * @param outputInverse {@code B_G}, of the damped output-gradient factor
 */
public record BlockPreconditioner<T extends TNumber>(
    FactorStructure inputStructure,
    Operand<T> inputInverse,
    FactorStructure outputStructure,
    Operand<T> outputInverse) {

  /** Preconditions a layer's gradient matrix. */
  public Operand<T> apply(Ops tf, Operand<T> gradient) {
    return FactorProduct.right(
        tf,
        outputStructure,
        outputInverse,
        FactorProduct.left(tf, inputStructure, inputInverse, gradient));
  }
}
