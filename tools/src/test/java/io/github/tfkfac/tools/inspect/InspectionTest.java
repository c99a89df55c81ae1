package io.github.tfkfac.tools.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.graph.ScanReport.Outcome;
import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.arch.CifarResNet;
import io.github.tfkfac.models.arch.Mlp;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.DepthwiseConvolution;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.optimizer.Kfac;
import io.github.tfkfac.optimizer.KfacOptions;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class InspectionTest {
  private static final KfacOptions OPTIONS = KfacOptions.nkfac();

  @Test
  void denseLayersHaveOneRowPerExampleAndARowForTheirBias() {
    Inspection found =
        Inspection.of(spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat32.class), 5, OPTIONS);

    assertThat(found.layers())
        .extracting(LayerFact::size)
        .containsExactly(new LayerSize(5, 17, 7, 1), new LayerSize(5, 8, 3, 1));
    assertThat(found.variables())
        .extracting(VariableFact::outcome)
        .containsOnly(Outcome.CAPTURED)
        .hasSize(4);
    assertThat(found.cost().training()).isEqualTo(6.0 * 5 * (17 * 7 + 8 * 3));
    assertThat(found.statisticsPeriod()).isEqualTo(20);
    assertThat(found.inversePeriod()).isEqualTo(200);
  }

  @Test
  void convolutionsHaveOneRowPerOutputPosition() {
    Inspection found =
        Inspection.of(
            spec(new CifarResNet(8), new ImageShape(16, 16, 3), TFloat32.class), 2, OPTIONS);

    assertThat(found.layers().get(0).size()).isEqualTo(new LayerSize(2 * 16 * 16, 27, 16, 1));
    assertThat(found.layers())
        .extracting(LayerFact::size)
        .contains(new LayerSize(2 * 8 * 8, 16 * 9, 32, 1), new LayerSize(2 * 4 * 4, 64 * 9, 64, 1));
    assertThat(found.variables())
        .filteredOn(variable -> variable.outcome() == Outcome.PLAIN)
        .isNotEmpty()
        .allSatisfy(variable -> assertThat(variable.shape()).hasSize(1));
  }

  @Test
  void depthwiseConvolutionsHaveABlockPerChannel() {
    Inspection found =
        Inspection.of(spec(new Depthwise(), new ImageShape(6, 6, 2), TFloat32.class), 3, OPTIONS);

    LayerFact layer = found.layers().get(0);
    assertThat(layer.size().blocks()).isEqualTo(2);
    assertThat(layer.size().rows()).isEqualTo(3 * 6 * 6);
    assertThat(layer.cost().training())
        .isEqualTo(6.0 * 3 * 6 * 6 * layer.size().inputSize() * layer.size().outputSize() * 2);
  }

  @Test
  void memoryIsThatOfTheStateVariables() {
    ClassifierSpec<TFloat64> spec = spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat64.class);
    MemoryNeed need = Inspection.of(spec, 5, OPTIONS).memory();

    try (Graph graph = new Graph()) {
      Kfac optimizer = new Kfac(graph, OPTIONS);
      TrainingGraph.build(graph, spec, same -> optimizer);
      long expected =
          optimizer.stateVariables().stream()
              .filter(variable -> variable.shape().numDimensions() > 0)
              .mapToLong(variable -> variable.shape().size() * Double.BYTES)
              .sum();
      assertThat(need.total()).isEqualTo(expected);
      assertThat(need.inverses()).isEqualTo(need.factors());
    }
  }

  @Test
  void aBatchOfNothingIsRefused() {
    assertThatThrownBy(
            () ->
                Inspection.of(
                    spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat32.class), 0, OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch size");
  }

  private static <T extends TNumber> ClassifierSpec<T> spec(
      Architecture architecture, ImageShape image, Class<T> type) {
    return new ClassifierSpec<>(architecture, image, 3, type, 1, new SoftmaxCrossEntropy());
  }

  private record Depthwise() implements Architecture {
    @Override
    public String name() {
      return "depthwise";
    }

    @Override
    public <T extends TNumber> Operand<T> logits(
        LayerContext<T> context, Operand<T> images, int classes) {
      Operand<T> filtered = new DepthwiseConvolution(3).apply(context.in("depthwise"), images);
      return new Dense(classes).apply(context.in("linear"), filtered);
    }
  }
}
