package io.github.tfkfac.extension;

import io.github.tfkfac.internal.graph.ElementSize;
import java.util.List;
import java.util.Optional;
import org.tensorflow.types.family.TNumber;

/**
 * A layer found in the graph: a weight, perhaps a bias, and every place where they are applied.
 *
 * <p>As a matrix the weight is {@code W = [weight; bias]} with the bias as last row, {@code
 * [inputSize, outputSize]}; a layer of several blocks has one such matrix per block.
 *
 * @param <T> element type
 * @param weight the weight variable
 * @param bias the bias variable, if the layer has one of its own
 * @param uses uses of the weight; more than one when it is shared
 * @param kind the kind of layer
 */
public record LayerSite<T extends TNumber>(
    GraphVariable<T> weight, Optional<GraphVariable<T>> bias, List<LayerUse> uses, LayerKind kind) {

  public LayerSite {
    uses = List.copyOf(uses);
  }

  /** Rows of a block's weight matrix, the bias row included. */
  public int inputSize() {
    return kind.inputs() + (bias.isPresent() ? 1 : 0);
  }

  /** Columns of a block's weight matrix. */
  public int outputSize() {
    return kind.outputs();
  }

  /** Number of equal blocks: 1, or the channels or groups of a layer that treats them apart. */
  public int blocks() {
    return inputStructure() instanceof FactorStructure.Stack stack ? stack.count() : 1;
  }

  /** The layer's name: that of its weight. */
  public String name() {
    return weight.name();
  }

  /** The kind of layer in a word or two. */
  public String label() {
    return uses.stream()
        .filter(use -> kind instanceof LayerKind.Dense)
        .flatMap(use -> use.outputView().stream())
        .filter(ViewStep.Windows.class::isInstance)
        .map(step -> "transposed conv " + ((ViewStep.Windows) step).geometry().kernelSize())
        .findFirst()
        .orElse(kind.label());
  }

  /** Full structure of the input factor of this kind of layer. */
  public FactorStructure inputStructure() {
    return kind.inputStructure(inputSize());
  }

  /** Full structure of the output-gradient factor of this kind of layer. */
  public FactorStructure outputStructure() {
    if (kind instanceof LayerKind.ScaleShift) {
      return new FactorStructure.Identity(outputSize());
    }
    return inputStructure() instanceof FactorStructure.Stack stack
        ? new FactorStructure.Stack(stack.count(), outputSize())
        : new FactorStructure.Full(outputSize());
  }

  /** Bytes of the two factors in full (their inverses take as much again). */
  public long factorBytes() {
    return (inputStructure().entries() + outputStructure().entries())
        * ElementSize.of(weight.type());
  }
}
