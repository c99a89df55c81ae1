package io.github.tfkfac.internal.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.AdaBelief;
import io.github.tfkfac.AdamW;
import io.github.tfkfac.AdamW.Decay;
import io.github.tfkfac.AdamW.SecondMoment;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.RAdam;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.testing.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** What rules are made of: their hyper-parameters and the scalars that variables share. */
class UpdateRuleTest {

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void decaysOutsideOfTheUnitIntervalAreRejected(double bad) {
    assertThatThrownBy(() -> new Momentum(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected momentum in [0, 1), found " + bad);
    assertThatThrownBy(() -> Momentum.nesterov(bad))
        .hasMessageContaining("expected momentum in [0, 1), found " + bad);
    assertThatThrownBy(() -> new AdamW(bad, 0.9, 1e-8, Decay.LEARNING_RATE, SecondMoment.CURRENT))
        .hasMessageContaining("beta1");
    assertThatThrownBy(() -> new AdamW(0.9, bad, 1e-8, Decay.LEARNING_RATE, SecondMoment.CURRENT))
        .hasMessageContaining("beta2");
    assertThatThrownBy(() -> new RAdam(bad, 0.9, 1e-8)).hasMessageContaining("beta1");
    assertThatThrownBy(() -> new RAdam(0.9, bad, 1e-8)).hasMessageContaining("beta2");
    assertThatThrownBy(() -> new AdaBelief(bad, 0.9, 1e-8)).hasMessageContaining("beta1");
    assertThatThrownBy(() -> new AdaBelief(0.9, bad, 1e-8)).hasMessageContaining("beta2");
  }

  @Test
  void aConstantScheduleIsCheckedLikeANumber() {
    assertThatThrownBy(() -> new Momentum(Schedule.constant(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected momentum in [0, 1), found 1.0");
    assertThatThrownBy(() -> new Momentum(Schedule.constant(-1), Momentum.Form.NESTEROV))
        .hasMessageContaining("expected momentum in [0, 1), found -1.0");
    assertThat(new Momentum(Schedule.constant(0.9))).isEqualTo(new Momentum(0.9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void anEpsilonThatIsNotPositiveIsRejected(double bad) {
    assertThatThrownBy(() -> new AdamW(0.9, 0.9, bad, Decay.LEARNING_RATE, SecondMoment.CURRENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon > 0, found " + bad);
    assertThatThrownBy(() -> new RAdam(0.9, 0.9, bad)).hasMessageContaining("epsilon > 0");
    assertThatThrownBy(() -> new AdaBelief(0.9, 0.9, bad)).hasMessageContaining("epsilon > 0");
  }

  @Test
  void equalSchedulesShareOneValueAndStepsAreNotUpdates() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      StepScalars<TFloat64> scalars =
          new StepScalars<>(graph.tf, graph.tf.constant(7L), graph.tf.constant(3L), TFloat64.class);
      Operand<TFloat64> step = scalars.atStep(Schedule.stepDecay(1, 2, 1));
      assertThat(scalars.atStep(Schedule.stepDecay(1, 2, 1))).isSameAs(step);
      assertThat(scalars.atStep(Schedule.stepDecay(1, 2, 3))).isNotSameAs(step);
      assertThat(scalars.atStep(Schedule.constant(0.5))).isSameAs(scalars.constant(0.5));
      Operand<TFloat64> update = scalars.atUpdate(Schedule.stepDecay(1, 2, 1));
      graph.start();
      assertThat(graph.fetch(step)).containsExactly(128);
      assertThat(graph.fetch(update)).containsExactly(8);
    }
  }

  @Test
  void schedulesAreComputedInFloat64AndRoundedOnce() {
    // 1 - 0.999^1 in float32 throughout would be off by 1e-5.
    Schedule canceling =
        (tf, step) -> {
          Operand<TFloat64> done = tf.dtypes.cast(step, TFloat64.class);
          return tf.math.sub(tf.constant(1.0), tf.math.pow(tf.constant(0.999), done));
        };
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, TestGraph.Kind.RESOURCE)) {
      Operand<TInt64> one = graph.tf.constant(1L);
      StepScalars<TFloat32> scalars = new StepScalars<>(graph.tf, one, one, TFloat32.class);
      Operand<TFloat32> value = scalars.atStep(canceling);
      graph.start();
      assertThat(graph.fetch(value)).containsExactly((float) (1 - 0.999));
    }
  }
}
