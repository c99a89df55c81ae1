package io.github.tfkfac.damping;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * A number (or several) for each of a layer's two factors.
 *
 * @param input of the input factor A
 * @param output of the output-gradient factor G
 */
public record FactorPair<T extends TNumber>(Operand<T> input, Operand<T> output) {}
