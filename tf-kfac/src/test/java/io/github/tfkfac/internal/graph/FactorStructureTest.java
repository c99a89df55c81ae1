package io.github.tfkfac.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import java.util.List;
import org.junit.jupiter.api.Test;

class FactorStructureTest {

  @Test
  void aMatrixHasItsBlocksAndItsDiagonalAsParts() {
    Full full = new Full(6);
    assertThat(List.of(full, new Blocks(6, 4), new Diagonal(6), new Identity(6)))
        .allMatch(part -> part.isPartOf(full));
    assertThat(List.of(new Full(5), new Blocks(5, 4), new Diagonal(5), new Stack(2, 3)))
        .noneMatch(part -> part.isPartOf(full));
  }

  @Test
  void aStackHasTheDiagonalOfAllItsMatricesAsPart() {
    Stack stack = new Stack(2, 3);
    assertThat(List.of(stack, new Diagonal(6), new Identity(3)))
        .allMatch(part -> part.isPartOf(stack));
    assertThat(List.of(new Full(3), new Full(6), new Blocks(6, 3), new Diagonal(3)))
        .noneMatch(part -> part.isPartOf(stack));
  }

  @Test
  void aDiagonalHasNoMatrixAsPart() {
    assertThat(new Full(3).isPartOf(new Diagonal(3))).isFalse();
    assertThat(new Blocks(3, 2).isPartOf(new Diagonal(3))).isFalse();
    assertThat(new Identity(3).isPartOf(new Diagonal(3))).isTrue();
  }
}
