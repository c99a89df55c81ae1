package io.github.tfkfac.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.update.AdamW.Decay;
import io.github.tfkfac.update.AdamW.SecondMoment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

/** Fifty steps of each rule against plain Java. */
class UpdateRuleTest {

  private static final int STEPS = 50;
  private static final int SIZE = 6;
  private static final double TOLERANCE = 1e-12;
  private static final double RATE = 0.03;
  private static final long SEED = 99;

  /** One step in plain Java: changes weight and slots in place. */
  private interface Plain {
    void step(double[] weight, double[] direction, double[][] slots, int count);
  }

  @ParameterizedTest
  @CsvSource({
    "LEARNING_RATE, CURRENT, 0",
    "LEARNING_RATE, CURRENT, 0.1",
    "LEARNING_RATE, LARGEST_SO_FAR, 0.1",
    "BIAS_CORRECTED_STEP, CURRENT, 0.1",
    "BIAS_CORRECTED_STEP, LARGEST_SO_FAR, 0.1"
  })
  void adamW(Decay decay, SecondMoment moment, double weightDecay) {
    double beta1 = 0.8;
    double beta2 = 0.95;
    double epsilon = 1e-3;
    assertFollows(
        new AdamW(beta1, beta2, epsilon, decay, moment),
        weightDecay,
        (w, d, slots, count) -> {
          double first = 1 - Math.pow(beta1, count);
          double second = 1 - Math.pow(beta2, count);
          for (int i = 0; i < w.length; i++) {
            slots[0][i] = beta1 * slots[0][i] + (1 - beta1) * d[i];
            slots[1][i] = beta2 * slots[1][i] + (1 - beta2) * d[i] * d[i];
            double square = slots[1][i];
            if (moment == SecondMoment.LARGEST_SO_FAR) {
              slots[2][i] = Math.max(slots[2][i], square);
              square = slots[2][i];
            }
            double decayRate = decay == Decay.LEARNING_RATE ? RATE : RATE / first;
            double old = w[i];
            w[i] -= RATE * (slots[0][i] / first) / (Math.sqrt(square / second) + epsilon);
            w[i] -= decayRate * weightDecay * old;
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0", "0.9, 0.05", "0, 0.05"})
  void momentum(double momentum, double weightDecay) {
    assertFollows(
        new Momentum(momentum),
        weightDecay,
        (w, d, slots, count) -> {
          for (int i = 0; i < w.length; i++) {
            double decayed = d[i] + weightDecay * w[i];
            slots[0][i] = count == 1 ? decayed : momentum * slots[0][i] + decayed;
            w[i] -= RATE * slots[0][i];
          }
        });
  }

  private static void assertFollows(UpdateRule rule, double weightDecay, Plain plain) {
    int slotCount = rule.slots().size();
    double[] weight = TestGraph.random(SEED, SIZE);
    double[][] slots = new double[slotCount][SIZE];
    double[] plainWeight = weight.clone();
    double[][] plainSlots = new double[slotCount][SIZE];
    Shape shape = Shape.of(SIZE);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> w = graph.input(shape);
      Operand<TFloat64> d = graph.input(shape);
      Operand<TFloat64> count = graph.input(Shape.scalar());
      List<Operand<TFloat64>> slotInputs = new ArrayList<>();
      for (int i = 0; i < slotCount; i++) {
        slotInputs.add(graph.input(shape));
      }
      UpdateRule.Result<TFloat64> result =
          rule.apply(
              graph.tf,
              new UpdateRule.Context<>(
                  w, d, slotInputs, graph.tf.constant(RATE), count, weightDecay, TFloat64.class));
      List<Operand<TFloat64>> outputs = new ArrayList<>(result.slots());
      outputs.add(result.weight());
      graph.start();
      for (int step = 1; step <= STEPS; step++) {
        // Large early directions make the largest second moment differ from the current one.
        double[] direction = TestGraph.random(SEED + step, SIZE);
        for (int i = 0; i < SIZE; i++) {
          direction[i] *= step < 5 ? 3 : 1;
        }
        graph.feed(w, shape, weight);
        graph.feed(d, shape, direction);
        graph.feed(count, Shape.scalar(), step);
        for (int i = 0; i < slotCount; i++) {
          graph.feed(slotInputs.get(i), shape, slots[i]);
        }
        List<double[]> values = graph.fetch(outputs);
        for (int i = 0; i < slotCount; i++) {
          slots[i] = values.get(i);
        }
        weight = values.get(slotCount);
        plain.step(plainWeight, direction, plainSlots, step);
        assertThat(weight)
            .as("%s, seed %d, weight after step %d", rule, SEED, step)
            .containsExactly(plainWeight, within(TOLERANCE));
        for (int i = 0; i < slotCount; i++) {
          assertThat(slots[i])
              .as("%s, seed %d, %s after step %d", rule, SEED, rule.slots().get(i), step)
              .containsExactly(plainSlots[i], within(TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void decaysOutsideOfTheUnitIntervalAreRefused(double bad) {
    assertThatThrownBy(() -> new Momentum(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected momentum in [0, 1), found " + bad);
    assertThatThrownBy(() -> new AdamW(bad, 0.9, 1e-8, Decay.LEARNING_RATE, SecondMoment.CURRENT))
        .hasMessageContaining("beta1");
    assertThatThrownBy(() -> new AdamW(0.9, bad, 1e-8, Decay.LEARNING_RATE, SecondMoment.CURRENT))
        .hasMessageContaining("beta2");
  }

  @Test
  void anEpsilonThatIsNotPositiveIsRefused() {
    assertThatThrownBy(() -> new AdamW(0.9, 0.9, 0, Decay.LEARNING_RATE, SecondMoment.CURRENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon > 0");
  }
}
