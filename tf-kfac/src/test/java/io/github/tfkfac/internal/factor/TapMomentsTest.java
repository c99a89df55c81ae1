package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static io.github.tfkfac.testing.NkfacOracle.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.Positions;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.factor.LayerInModel.Kind;
import io.github.tfkfac.testing.FullMoments;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.types.TFloat64;

/** When the product of the factors is the Fisher block itself. */
class TapMomentsTest {

  private static final double EXACT = 1e-10;

  @Test
  void forOneExampleTheFactorsMultiplyToTheEmpiricalFisher() {
    assertProductIsTheBlock(Kind.DENSE, Fisher.empirical(), 1);
  }

  @Test
  void forALinearNetworkTheFactorsMultiplyToTheGaussNewtonMatrix() {
    assertProductIsTheBlock(Kind.LINEAR_NETWORK, Fisher.exact(), 5);
  }

  private static void assertProductIsTheBlock(Kind kind, Fisher fisher, int examples) {
    try (LayerInModel model = new LayerInModel(kind)) {
      List<FisherTap<TFloat64>> taps = model.taps(fisher);
      List<SecondMoments<TFloat64>> moments =
          taps.stream().map(tap -> FullMoments.of(model.graph.tf, tap)).toList();
      model.graph.start();
      model.feedBatch(examples);
      assertThat(taps).isNotEmpty();
      for (int i = 0; i < taps.size(); i++) {
        SimpleMatrix product = model.factors(taps.get(i).site(), moments.get(i)).get(0).product();
        SimpleMatrix block = model.blocks(taps.get(i).site(), fisher).get(0);
        assertClose(values(product), values(block), EXACT);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 4, output", "6, 3, input"})
  void aStructureOfOtherSizeIsRejected(int inputs, int outputs, String side) {
    try (LayerInModel model = new LayerInModel(Kind.DENSE)) {
      LayerMoments moments = new DenseMoments(4, 3, Bias.PRESENT);
      LayerMoments.Kept kept =
          new LayerMoments.Kept(
              new FactorStructure.Full(inputs), new FactorStructure.Full(outputs));

      assertThatThrownBy(
              () ->
                  TapMoments.of(
                      model.graph.tf,
                      model.tap(Fisher.empirical()),
                      moments,
                      kept,
                      Positions.expand()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(side + " factor of layer 'w43'");
    }
  }
}
