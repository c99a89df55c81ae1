package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class LayerNormTest {

  private static final int WIDTH = 5;
  private static final Shape ROWS = Shape.of(3, WIDTH);
  private static final double EPSILON = 0.1;

  @Test
  void everyRowIsNormalizedByItsOwnMeanAndVariance() {
    double[] input = Samples.uniform(41, ROWS.size());
    double[] expected = new double[input.length];
    for (int row = 0; row < 3; row++) {
      double[] values = Arrays.copyOfRange(input, row * WIDTH, (row + 1) * WIDTH);
      double mean = Arrays.stream(values).average().orElseThrow();
      double variance =
          Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int k = 0; k < WIDTH; k++) {
        expected[row * WIDTH + k] = (values[k] - mean) / Math.sqrt(variance + EPSILON);
      }
    }
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new LayerNorm(EPSILON).apply(network.training(0).in("n"), network.batch(ROWS, input));
      assertThat(network.values(output)).containsExactly(expected, within(1e-12));
      assertThat(network.values("n/gamma")).hasSize(WIDTH).containsOnly(1);
      assertThat(network.values("n/beta")).hasSize(WIDTH).containsOnly(0);
    }
  }
}
