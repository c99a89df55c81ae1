package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;

/**
 * State of one of a layer's factors between steps.
 *
 * @param structure which of its entries: {@code full}, {@code stack 32x9} (matrices of that order,
 *     one per group), {@code blocks 3x64} (along the diagonal), {@code diagonal} or {@code
 *     identity}
 * @param averageBytes its moving average
 * @param derivedBytes what a refresh computes from it: an inverse, or eigenvectors and eigenvalues
 */
public record FactorFact(String structure, long averageBytes, long derivedBytes) {

  static FactorFact of(FactorStructure structure, String name, KeptState state) {
    return new FactorFact(
        text(structure),
        state.bytes(name),
        state.bytes(name + KeptState.INVERSE)
            + state.bytes(name + KeptState.BASIS)
            + state.bytes(name + KeptState.EIGENVALUES));
  }

  private static String text(FactorStructure structure) {
    if (structure instanceof Stack stack) {
      return "stack " + stack.count() + "x" + stack.size();
    }
    if (structure instanceof Blocks blocks) {
      return "blocks " + blocks.count() + "x" + blocks.blockSize();
    }
    if (structure instanceof Diagonal) {
      return "diagonal";
    }
    return structure instanceof Identity ? "identity" : "full";
  }
}
