package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class SelfAttentionTest {

  private static final int HEADS = 2;
  private static final int TOKENS = 3;
  private static final int WIDTH = 4;
  private static final Shape ROWS = Shape.of(2 * TOKENS, WIDTH);
  private static final double[] INPUT = Samples.uniform(31, ROWS.size());

  @Test
  void headsAttendWithinTheirExampleAsTheDefinitionSays() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> output =
          new SelfAttention(HEADS, TOKENS)
              .apply(network.training(0).in("a"), network.batch(ROWS, INPUT));
      double[][] kernels = new double[4][];
      String[] names = {"query", "key", "value", "output"};
      for (int i = 0; i < names.length; i++) {
        kernels[i] = network.values("a/" + names[i] + "/kernel");
      }
      assertThat(network.values(output)).containsExactly(reference(kernels), within(1e-12));
    }
  }

  /** Number by number; biases start at zero. */
  private static double[] reference(double[][] kernels) {
    double[] queries = product(INPUT, kernels[0]);
    double[] keys = product(INPUT, kernels[1]);
    double[] values = product(INPUT, kernels[2]);
    double[] heard = new double[INPUT.length];
    int size = WIDTH / HEADS;
    for (int row = 0; row < 2 * TOKENS; row++) {
      int first = row / TOKENS * TOKENS;
      for (int head = 0; head < HEADS; head++) {
        double[] weights = new double[TOKENS];
        double sum = 0;
        for (int other = 0; other < TOKENS; other++) {
          double dot = 0;
          for (int k = head * size; k < (head + 1) * size; k++) {
            dot += queries[row * WIDTH + k] * keys[(first + other) * WIDTH + k];
          }
          weights[other] = Math.exp(dot / Math.sqrt(size));
          sum += weights[other];
        }
        for (int k = head * size; k < (head + 1) * size; k++) {
          for (int other = 0; other < TOKENS; other++) {
            heard[row * WIDTH + k] += weights[other] / sum * values[(first + other) * WIDTH + k];
          }
        }
      }
    }
    return product(heard, kernels[3]);
  }

  private static double[] product(double[] rows, double[] kernel) {
    double[] result = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < WIDTH; k++) {
        result[i] += rows[i / WIDTH * WIDTH + k] * kernel[k * WIDTH + i % WIDTH];
      }
    }
    return result;
  }

  @Test
  void aWidthThatTheHeadsDoNotDivideIsRejected() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      assertThatThrownBy(
              () ->
                  new SelfAttention(3, TOKENS)
                      .apply(network.training(0).in("a"), network.batch(ROWS, INPUT)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("in layer 'a', found 4");
    }
  }
}
