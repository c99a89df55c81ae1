package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure;
import java.util.Optional;
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
 *     of its structure; absent for the identity
 * @param outputStructure what is kept of the output-gradient factor
 * @param outputInverse {@code B_G}, of the damped output-gradient factor
 */
public record BlockPreconditioner<T extends TNumber>(
    FactorStructure inputStructure,
    Optional<Operand<T>> inputInverse,
    FactorStructure outputStructure,
    Optional<Operand<T>> outputInverse) {

  /**
   * @throws IllegalArgumentException if an inverse is missing
   */
  public BlockPreconditioner {
    requireInverse("input", inputStructure, inputInverse);
    requireInverse("output", outputStructure, outputInverse);
  }

  private static void requireInverse(String side, FactorStructure structure, Optional<?> inverse) {
    if (inverse.isEmpty() && !(structure instanceof FactorStructure.Identity)) {
      throw new IllegalArgumentException(
          "expected an inverse of the %s factor %s, found none; only the identity needs none"
              .formatted(side, structure));
    }
  }

  /** Preconditions a layer's gradient matrix. */
  public Operand<T> apply(Ops tf, Operand<T> gradient) {
    Operand<T> left =
        inputInverse
            .map(inverse -> FactorProduct.left(tf, inputStructure, inverse, gradient))
            .orElse(gradient);
    return outputInverse
        .map(inverse -> FactorProduct.right(tf, outputStructure, inverse, left))
        .orElse(left);
  }
}
