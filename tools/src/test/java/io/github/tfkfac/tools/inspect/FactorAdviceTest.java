package io.github.tfkfac.tools.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;

/** A dense layer with 10,816 inputs. */
class FactorAdviceTest {

  private static final ImageShape WIDE = new ImageShape(52, 52, 4);

  @ParameterizedTest
  @ValueSource(ints = {32, 128, 512})
  void theLargestBlocksThatKeepARefreshWithinHalfOfTwentyPlainStepsAreRecommended(int batch) {
    Inspection whole = inspection(WIDE, batch, KfacOptions.nkfac());
    FactorAdvice advice = whole.advice().get(0);
    assertThat(advice.rows()).isEqualTo(10_817);
    assertThat(advice.layer()).isEqualTo(whole.layers().get(0).name());
    assertThat(steps(whole)).isGreaterThan(20).isEqualTo(advice.stepsInFull());
    assertThat(advice.text()).contains("--max-factor " + advice.maxFactor());

    Inspection limited = inspection(WIDE, batch, limited(KfacOptions.nkfac(), advice.maxFactor()));
    assertThat(steps(limited)).isLessThanOrEqualTo(10).isEqualTo(advice.steps());
    assertThat(limited.advice()).isEmpty();
    assertThat(steps(inspection(WIDE, batch, limited(KfacOptions.nkfac(), 2 * advice.maxFactor()))))
        .isGreaterThan(10);
  }

  static Stream<Arguments> presets() {
    return Stream.of(
            Map.entry("nkfac", KfacOptions.nkfac()),
            Map.entry("adankfac", KfacOptions.adaNkfac()),
            Map.entry("kfac-star", KfacOptions.kfacStar()),
            Map.entry("kfac", KfacOptions.kfac()),
            Map.entry("kfac-tikhonov", KfacOptions.kfacTikhonov()),
            Map.entry("skfac", KfacOptions.skfac()),
            Map.entry("skfac-star", KfacOptions.skfacStar()),
            Map.entry("two-level", KfacOptions.twoLevel()),
            Map.entry("ekfac", KfacOptions.ekfac()))
        .flatMap(
            preset ->
                Stream.of(32, 128, 512)
                    .map(batch -> arguments(preset.getKey(), preset.getValue(), batch)));
  }

  @ParameterizedTest(name = "{0}, batch {2}")
  @MethodSource("presets")
  void withTheDefaultLimitEveryPresetsFirstRefreshTakesTwentyPlainStepsAtMost(
      String name, KfacOptions options, int batch) {
    List<FactorAdvice> advice = inspection(WIDE, batch, options).advice();
    KfacOptions byDefault = advice.isEmpty() ? options : limited(options, advice.get(0));
    assertThat(steps(inspection(WIDE, batch, byDefault))).isLessThanOrEqualTo(20);
  }

  @Test
  void thereIsNoneForSmallFactors() {
    assertThat(inspection(new ImageShape(8, 8, 3), 16, KfacOptions.nkfac()).advice()).isEmpty();
  }

  @Test
  void ekfacWhichTakesWholeFactorsLeavesOutAWideOne() {
    FactorAdvice advice = inspection(WIDE, 128, KfacOptions.ekfac()).advice().get(0);
    assertThat(advice.text())
        .contains("with --large-factors one-sided --max-factor " + advice.maxFactor());
  }

  /** By time: an operation of a decomposition takes four times as long, a step at least 2 ms. */
  private static double steps(Inspection found) {
    return (found.cost().statistics() + 4 * found.cost().exactRefresh())
        / (2e8 + found.cost().training());
  }

  private static KfacOptions limited(KfacOptions options, int rows) {
    return options.withLayers(all -> all.withLimit(FactorLimit.blocks(rows)));
  }

  private static KfacOptions limited(KfacOptions options, FactorAdvice advice) {
    return advice.oneSided()
        ? options.withLayers(all -> all.withLimit(FactorLimit.oneSided(advice.maxFactor())))
        : limited(options, advice.maxFactor());
  }

  private static Inspection inspection(ImageShape images, int batch, KfacOptions options) {
    ClassifierSpec<TFloat32> spec =
        new ClassifierSpec<>(
            Architectures.named("mlp"), images, 10, TFloat32.class, 1, new SoftmaxCrossEntropy());
    return Inspection.of(spec, batch, "nkfac", options);
  }
}
