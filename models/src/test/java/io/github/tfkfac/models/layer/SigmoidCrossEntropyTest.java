package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class SigmoidCrossEntropyTest {

  private static final Shape SHAPE = Shape.of(4, 3);
  private static final double ROUNDING = 1e-12;
  private static final double[] TARGETS = {0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1};

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void isTheNegativeLogLikelihoodOfBernoulliTargets(double smoothing) {
    double[] logits = Samples.uniform(63, SHAPE.size());
    double expected = 0;
    double[] slopes = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      double target = (1 - smoothing) * TARGETS[i] + smoothing / 2;
      double p = sigmoid(logits[i]);
      expected -= (target * Math.log(p) + (1 - target) * Math.log(1 - p)) / SHAPE.get(0);
      slopes[i] = (p - target) / SHAPE.get(0);
    }
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> z = network.batch(SHAPE, logits);
      Operand<TFloat64> loss =
          new SigmoidCrossEntropy(smoothing).loss(network.tf, z, network.batch(SHAPE, TARGETS));
      assertThat(loss.shape()).isEqualTo(Shape.scalar());
      assertThat(network.value(loss)).isCloseTo(expected, within(ROUNDING));
      assertThat(
              network.values(
                  network.graph.addGradients(loss.asOutput(), new Output<?>[] {z.asOutput()})[0]))
          .containsExactly(slopes, within(ROUNDING));
    }
  }

  @Test
  void largeLogitsOfEitherSignGiveFiniteLosses() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> z = network.batch(Shape.of(1, 4), 500, -500, 500, -500);
      Operand<TFloat32> targets = network.batch(Shape.of(1, 4), 1, 0, 0, 1);
      assertThat(network.value(new SigmoidCrossEntropy().loss(network.tf, z, targets)))
          .isEqualTo(1000);
    }
  }

  @Test
  void smoothingIsAFraction() {
    assertThatThrownBy(() -> new SigmoidCrossEntropy(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label smoothing");
  }
}
