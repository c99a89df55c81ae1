package io.github.tfkfac.tools.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.arch.CifarResNet;
import io.github.tfkfac.models.arch.Mlp;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.DepthwiseConvolution;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.TrainingGraph;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class InspectionTest {
  private static final KfacOptions OPTIONS = KfacOptions.nkfac();

  @Test
  void denseLayersHaveOneRowPerExampleAndARowForTheirBias() {
    Inspection found =
        Inspection.of(
            spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat32.class), 5, "nkfac", OPTIONS);

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
            spec(new CifarResNet(8), new ImageShape(16, 16, 3), TFloat32.class),
            2,
            "nkfac",
            OPTIONS);

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
        Inspection.of(
            spec(new Depthwise(), new ImageShape(6, 6, 2), TFloat32.class), 3, "nkfac", OPTIONS);

    LayerFact layer = found.layers().get(0);
    assertThat(layer.size().blocks()).isEqualTo(2);
    assertThat(layer.size().rows()).isEqualTo(3 * 6 * 6);
    assertThat(layer.cost().training())
        .isEqualTo(6.0 * 3 * 6 * 6 * layer.size().inputSize() * layer.size().outputSize() * 2);
  }

  static Stream<KfacOptions> presets() {
    LayerOptions limited = LayerOptions.all().withLimit(FactorLimit.blocks(4));
    return Stream.of(
        KfacOptions.nkfac(),
        KfacOptions.nkfac().withLayers(any -> limited),
        KfacOptions.adaNkfac(),
        KfacOptions.kfac(),
        KfacOptions.skfac(),
        KfacOptions.ekfac(),
        KfacOptions.twoLevel());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void memoryIsThatOfTheStateVariables(KfacOptions options) {
    ClassifierSpec<TFloat64> spec = spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat64.class);
    MemoryNeed need = Inspection.of(spec, 5, "any", options).memory();

    try (Graph graph = new Graph()) {
      TrainingOptimizer optimizer =
          TrainingGraph.build(graph, spec, OptimizerFactory.kfac(options)).optimizer();
      long expected =
          optimizer.stateVariables().stream()
              .filter(variable -> variable.shape().numDimensions() > 0)
              .mapToLong(variable -> variable.shape().size() * Double.BYTES)
              .sum();
      assertThat(need.total()).isEqualTo(expected);
    }
    long trained = 17 * 7 + 8 * 3;
    assertThat(need.updateRule())
        .isEqualTo(
            trained
                * Double.BYTES
                * options.training().rule().of("any", Shape.of(3), 0).slots().size());
  }

  @Test
  void ofEveryFactorTheAverageAndWhatIsDerivedFromItAreKept() {
    List<LayerFact> layers = layers(KfacOptions.nkfac());

    assertThat(layers.get(0).input()).isEqualTo(new FactorFact("full", 4 * 17 * 17, 4 * 17 * 17));
    assertThat(layers.get(0).output()).isEqualTo(new FactorFact("full", 4 * 7 * 7, 4 * 7 * 7));
    assertThat(layers.get(0).keptBytes()).isEqualTo(2 * 4 * (17 * 17 + 7 * 7));
  }

  @Test
  void lowRankOptimizersKeepNoAverages() {
    assertThat(layers(KfacOptions.skfac()).get(0).input())
        .isEqualTo(new FactorFact("full", 0, 4 * 17 * 17));
  }

  @Test
  void eigenbasesKeepEigenvaluesAndTheReestimatedDiagonalBesides() {
    LayerFact plain = layers(KfacOptions.kfac()).get(0);
    LayerFact reestimated = layers(KfacOptions.ekfac()).get(0);

    assertThat(plain.input()).isEqualTo(new FactorFact("full", 4 * 17 * 17, 4 * (17 * 17 + 17)));
    assertThat(reestimated.input()).isEqualTo(plain.input());
    assertThat(plain.spectrumBytes()).isZero();
    assertThat(reestimated.spectrumBytes()).isEqualTo(4 * 17 * 7);
    assertThat(reestimated.keptBytes()).isEqualTo(plain.keptBytes() + 4 * 17 * 7);
  }

  @Test
  void largeFactorsAreKeptInBlocksOrNotAtAll() {
    LayerFact blocks = limited(FactorLimit.blocks(8));
    LayerFact oneSided = limited(FactorLimit.oneSided(8));

    assertThat(blocks.input()).isEqualTo(new FactorFact("blocks 3x8", 4 * 3 * 64, 4 * 3 * 64));
    assertThat(oneSided.input()).isEqualTo(new FactorFact("identity", 0, 0));
    assertThat(oneSided.output())
        .isEqualTo(blocks.output())
        .isEqualTo(new FactorFact("full", 196, 196));
    assertThat(blocks.cost().preconditioning()).isEqualTo(2 * 7 * (3 * 64 + 17.0 * 7));
  }

  private static LayerFact limited(FactorLimit limit) {
    return layers(KfacOptions.nkfac().withLayers(all -> all.withLimit(limit))).get(0);
  }

  @Test
  void aLayersOwnPeriodCountsInItsOverhead() {
    KfacOptions nkfac = KfacOptions.nkfac();
    List<LayerFact> plain = layers(nkfac);
    List<LayerFact> own =
        layers(nkfac.withLayer("linear/*", layer -> layer.withRefreshes(RefreshPolicy.every(10))));

    assertThat(own.get(0).overhead()).isEqualTo(plain.get(0).overhead());
    assertThat(own.get(1).overhead().refresh())
        .isCloseTo(20 * plain.get(1).overhead().refresh(), within(1e-12));
  }

  private static List<LayerFact> layers(KfacOptions options) {
    return Inspection.of(
            spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat32.class), 5, "any", options)
        .layers();
  }

  @Test
  void aBatchOfNothingIsRejected() {
    assertThatThrownBy(
            () ->
                Inspection.of(
                    spec(new Mlp(7), new ImageShape(4, 4, 1), TFloat32.class), 0, "nkfac", OPTIONS))
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
