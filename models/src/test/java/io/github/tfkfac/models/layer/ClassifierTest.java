package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class ClassifierTest {

  private static final int CLASSES = 4;
  private static final int[] LABELS = {2, 0, 3};
  private static final double[] LOGITS = Samples.uniform(8, (long) LABELS.length * CLASSES);

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void theLossIsTheMeanCrossEntropyOfSmoothedTargets(double smoothing) {
    double expected = 0;
    for (int n = 0; n < LABELS.length; n++) {
      double partition = 0;
      for (int k = 0; k < CLASSES; k++) {
        partition += Math.exp(LOGITS[n * CLASSES + k]);
      }
      for (int k = 0; k < CLASSES; k++) {
        double target = (k == LABELS[n] ? 1 - smoothing : 0) + smoothing / CLASSES;
        expected -= target * (LOGITS[n * CLASSES + k] - Math.log(partition)) / LABELS.length;
      }
    }
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> logits = network.batch(Shape.of(LABELS.length, CLASSES), LOGITS);
      Operand<TFloat64> targets =
          Labels.oneHot(network.tf, network.tf.constant(LABELS), CLASSES, TFloat64.class);
      Operand<TFloat64> loss = new SoftmaxCrossEntropy(smoothing).loss(network.tf, logits, targets);
      assertThat(network.value(loss)).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void theLargestLogitDecides() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> logits = network.batch(Shape.of(3, 3), 0, 1, 5, 7, 7, 2, -1, -3, -2);
      Operand<TFloat64> targets = network.batch(Shape.of(3, 3), 0, 0, 1, 0, 1, 0, 1, 0, 0);
      assertThat(network.value(Labels.correctCount(network.tf, logits, targets))).isEqualTo(2);
    }
  }

  @Test
  void smoothingMustBeBelowOne() {
    assertThatThrownBy(() -> new SoftmaxCrossEntropy(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label smoothing");
  }
}
