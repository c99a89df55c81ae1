package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class GroupNormTest {

  private static final int GROUPS = 2;
  private static final int CHANNELS = 6;
  private static final Shape IMAGES = Shape.of(2, 3, 2, CHANNELS);
  private static final int PLANE = 6;
  private static final double[] VALUES = Samples.uniform(21, IMAGES.size());
  private static final double[] WEIGHTS = Samples.uniform(22, IMAGES.size());
  private static final double[] GAMMA = Samples.uniform(23, CHANNELS);
  private static final double[] BETA = Samples.uniform(24, CHANNELS);
  private static final double EPSILON = 1e-5;
  private static final double FLOAT64_TOLERANCE = 1e-12;
  private static final double FLOAT32_TOLERANCE = 5e-6;
  private static final double DIFFERENCE_STEP = 1e-5;
  private static final double DIFFERENCE_TOLERANCE = 1e-8;

  /** Channel after channel, straight from the definition. */
  private static double[] reference(double[] values, double[] gamma, double[] beta) {
    double[] output = new double[values.length];
    int groupSize = CHANNELS / GROUPS;
    for (int i = 0; i < values.length; i++) {
      int image = i / (PLANE * CHANNELS);
      int group = i % CHANNELS / groupSize;
      double mean = 0;
      double square = 0;
      int count = PLANE * groupSize;
      for (int pass = 0; pass < 2; pass++) {
        for (int pixel = 0; pixel < PLANE; pixel++) {
          for (int channel = group * groupSize; channel < (group + 1) * groupSize; channel++) {
            double value = values[(image * PLANE + pixel) * CHANNELS + channel];
            if (pass == 0) {
              mean += value / count;
            } else {
              square += (value - mean) * (value - mean) / count;
            }
          }
        }
      }
      int channel = i % CHANNELS;
      output[i] = gamma[channel] * (values[i] - mean) / Math.sqrt(square + EPSILON) + beta[channel];
    }
    return output;
  }

  private static double weighted(double[] values, double[] gamma, double[] beta) {
    double[] output = reference(values, gamma, beta);
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      sum += WEIGHTS[i] * output[i];
    }
    return sum;
  }

  /** Central differences of {@link #weighted} along every entry of one of its arguments. */
  private static double[] differences(double[] values, double[] gamma, double[] beta, int which) {
    double[] argument = List.of(values, gamma, beta).get(which);
    double[] result = new double[argument.length];
    for (int i = 0; i < result.length; i++) {
      double kept = argument[i];
      argument[i] = kept + DIFFERENCE_STEP;
      double above = weighted(values, gamma, beta);
      argument[i] = kept - DIFFERENCE_STEP;
      double below = weighted(values, gamma, beta);
      argument[i] = kept;
      result[i] = (above - below) / (2 * DIFFERENCE_STEP);
    }
    return result;
  }

  private static <T extends TNumber> void setParameters(Network<T> network) {
    for (String name : List.of("gn/gamma", "gn/beta")) {
      double[] values = name.endsWith("gamma") ? GAMMA : BETA;
      network.values(
          network.tf.assign(
              network.parameter(name).variable(),
              network.tf.dtypes.cast(network.tf.constant(values), network.store.type())));
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void everyGroupOfEveryImageIsNormalizedInBothModes(Class<T> type) {
    double tolerance = type.equals(TFloat64.class) ? FLOAT64_TOLERANCE : FLOAT32_TOLERANCE;
    try (Network<T> network = new Network<>(type)) {
      Operand<T> images = network.batch(IMAGES, VALUES);
      Operand<T> training = new GroupNorm(GROUPS).apply(network.training(0).in("gn"), images);
      Operand<T> inference = new GroupNorm(GROUPS).apply(network.inference().in("gn"), images);
      setParameters(network);
      double[] expected = reference(VALUES, GAMMA, BETA);
      assertThat(network.values(training)).containsExactly(expected, within(tolerance));
      assertThat(network.values(inference)).containsExactly(expected, within(tolerance));
      assertThat(network.store.statistics()).isEmpty();
    }
  }

  @Test
  void gradientsAreThoseOfTheDefinition() {
    try (Network<TFloat64> network = new Network<>(TFloat64.class)) {
      Operand<TFloat64> images = network.batch(IMAGES, VALUES);
      Operand<TFloat64> output = new GroupNorm(GROUPS).apply(network.training(0).in("gn"), images);
      Operand<TFloat64> loss =
          network.tf.reduceSum(
              network.tf.math.mul(output, network.batch(IMAGES, WEIGHTS)),
              network.tf.constant(new int[] {0, 1, 2, 3}));
      Output<?>[] gradients =
          network.graph.addGradients(
              loss.asOutput(),
              new Output<?>[] {
                images.asOutput(),
                network.parameter("gn/gamma").variable().asOutput(),
                network.parameter("gn/beta").variable().asOutput()
              });
      setParameters(network);
      for (int which = 0; which < gradients.length; which++) {
        assertThat(network.values(gradients[which]))
            .containsExactly(
                differences(VALUES.clone(), GAMMA.clone(), BETA.clone(), which),
                within(DIFFERENCE_TOLERANCE));
      }
    }
  }

  @Test
  void heightAndWidthMayBeUnknown() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> images =
          network.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, CHANNELS)));
      Operand<TFloat32> output = new GroupNorm(GROUPS).apply(network.training(0).in("gn"), images);
      assertThat(output.shape().asArray()).containsExactly(-1, -1, -1, CHANNELS);
    }
  }

  @Test
  void groupsMustDivideTheChannels() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> images = network.batch(IMAGES, VALUES);
      assertThatThrownBy(() -> new GroupNorm(4).apply(network.training(0).in("gn"), images))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a multiple of 4")
          .hasMessageContaining("'gn'")
          .hasMessageContaining("found 6");
    }
  }
}
