package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class MeanSquaredErrorTest {

  private static final Shape SHAPE = Shape.of(3, 2);
  private static final double ROUNDING = 1e-12;

  @Test
  void isHalfTheSquaredDistanceOverTheBatch() {
    double[] outputs = Samples.uniform(61, SHAPE.size());
    double[] targets = Samples.uniform(62, SHAPE.size());
    double expected = 0;
    for (int i = 0; i < outputs.length; i++) {
      expected += Math.pow(outputs[i] - targets[i], 2) / (2 * SHAPE.get(0));
    }
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> loss =
          new MeanSquaredError()
              .loss(network.tf, network.batch(SHAPE, outputs), network.batch(SHAPE, targets));
      assertThat(loss.shape()).isEqualTo(Shape.scalar());
      assertThat(network.value(loss)).isCloseTo(expected, within(ROUNDING));
    }
  }

  @Test
  void signsAreCounted() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> outputs = network.batch(Shape.of(4, 1), 0.2, -3, 2, 0);
      Operand<TFloat64> targets = network.batch(Shape.of(4, 1), 1, -1, -1, 1);
      assertThat(network.value(Labels.sameSignCount(network.tf, outputs, targets))).isEqualTo(2);
    }
  }
}
