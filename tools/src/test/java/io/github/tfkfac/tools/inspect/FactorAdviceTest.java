package io.github.tfkfac.tools.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.optimizer.FactorLimit;
import io.github.tfkfac.optimizer.KfacOptions;
import io.github.tfkfac.optimizer.LayerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;

/** A dense layer with 10,816 inputs. */
class FactorAdviceTest {

  private static final ImageShape WIDE = new ImageShape(52, 52, 4);

  @ParameterizedTest
  @ValueSource(ints = {32, 128, 512})
  void theLargestBlocksThatKeepTheFirstStepWithinTwentyPlainStepsAreRecommended(int batch) {
    Inspection whole = inspection(WIDE, batch, KfacOptions.nkfac());
    FactorAdvice advice = whole.advice().get(0);
    assertThat(advice.rows()).isEqualTo(10_817);
    assertThat(advice.layer()).isEqualTo(whole.layers().get(0).name());
    assertThat(steps(whole)).isGreaterThan(20).isEqualTo(advice.stepsInFull());
    assertThat(advice.text()).contains("--max-factor " + advice.maxFactor());

    Inspection limited = inspection(WIDE, batch, limited(advice.maxFactor()));
    assertThat(steps(limited)).isLessThanOrEqualTo(20).isEqualTo(advice.steps());
    assertThat(limited.advice()).isEmpty();
    assertThat(steps(inspection(WIDE, batch, limited(2 * advice.maxFactor())))).isGreaterThan(20);
  }

  @Test
  void thereIsNoneForSmallFactorsAndForEkfacWhichTakesWholeOnes() {
    assertThat(inspection(new ImageShape(8, 8, 3), 16, KfacOptions.nkfac()).advice()).isEmpty();
    assertThat(inspection(WIDE, 128, KfacOptions.ekfac()).advice()).isEmpty();
  }

  /** By time: an operation of a decomposition takes four times as long, a step at least 2 ms. */
  private static double steps(Inspection found) {
    return (found.cost().statistics() + 4 * found.cost().exactRefresh())
        / (2e8 + found.cost().training());
  }

  private static KfacOptions limited(int rows) {
    return KfacOptions.nkfac().withLayers(LayerOptions.all().withLimit(FactorLimit.blocks(rows)));
  }

  private static Inspection inspection(ImageShape images, int batch, KfacOptions options) {
    ClassifierSpec<TFloat32> spec =
        new ClassifierSpec<>(
            Architectures.named("mlp"), images, 10, TFloat32.class, 1, new SoftmaxCrossEntropy());
    return Inspection.of(spec, batch, "nkfac", options);
  }
}
