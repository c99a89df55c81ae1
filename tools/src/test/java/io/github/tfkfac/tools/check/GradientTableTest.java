package io.github.tfkfac.tools.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.check.GradientCase.Expression;
import io.github.tfkfac.tools.check.GradientResult.Outcome;
import io.github.tfkfac.tools.check.GradientTable.By;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

/** Run again after every upgrade of TensorFlow: shows which gradients came, went or changed. */
class GradientTableTest {
  @Test
  void gradientsAreRightExceptTheKnownLimits() {
    List<GradientResult> results = GradientTable.check();

    assertThat(KnownLimits.surprises(results)).isEmpty();
    assertThat(results).hasSizeGreaterThan(90);
    assertThat(results.stream().filter(result -> result.outcome() != Outcome.OK))
        .hasSameSizeAs(KnownLimits.OUTCOMES.keySet());
  }

  @Test
  void trainingHasTheRightGradientOrRejects() {
    List<GradientResult> results = GradientTable.check(By.TRAINING);

    assertThat(KnownLimits.surprisesInTraining(results)).isEmpty();
    assertThat(results).hasSizeGreaterThan(290);
    assertThat(results.stream().filter(result -> result.outcome() == Outcome.REJECTED))
        .allSatisfy(
            result ->
                assertThat(result.detail())
                    .contains(result.name().replaceFirst(" .*", ""))
                    .contains("freeze")
                    .doesNotContain("\n"));
  }

  @Test
  void aWrongGradientIsFound() {
    GradientCase<TFloat64> stopped =
        new GradientCase<>(
            "partly stopped",
            TFloat64.class,
            List.of(Shape.of(3)),
            (tf, x) -> Expression.of(List.of(tf.math.mul(x.get(0), tf.stopGradient(x.get(0))))));

    GradientResult result = GradientTable.check(stopped, By.TENSORFLOW);

    assertThat(result.outcome()).isEqualTo(Outcome.WRONG);
    assertThat(result.relativeError()).isBetween(0.49, 0.51);
    assertThat(KnownLimits.surprises(List.of(result)))
        .singleElement()
        .asString()
        .startsWith("expected the gradient of partly stopped, float64 to be OK, found WRONG");
  }
}
