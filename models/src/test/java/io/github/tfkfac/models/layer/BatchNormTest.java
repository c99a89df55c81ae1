package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class BatchNormTest {

  private static final int CHANNELS = 3;
  private static final Shape IMAGES = Shape.of(4, 2, 5, CHANNELS);
  private static final Shape ROWS = Shape.of(40, CHANNELS);
  private static final double[] VALUES = Samples.uniform(11, IMAGES.size());
  private static final double EPSILON = 1e-5;

  /** Mean, variance over n, variance over n - 1, of one channel of {@link #VALUES}. */
  private record Moments(double mean, double variance, double sampleVariance) {
    static Moments of(int channel) {
      double[] values =
          IntStream.range(0, VALUES.length)
              .filter(i -> i % CHANNELS == channel)
              .mapToDouble(i -> VALUES[i])
              .toArray();
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      return new Moments(mean, squares / values.length, squares / (values.length - 1));
    }
  }

  private static double tolerance(Class<?> type) {
    return type.equals(TFloat64.class) ? 1e-12 : 2e-6;
  }

  private static <T extends TNumber> void setGammaAndBeta(Network<T> network) {
    for (String name : List.of("bn/gamma", "bn/beta")) {
      double[] values = name.endsWith("gamma") ? new double[] {2, -1, 0.5} : new double[] {1, 2, 3};
      network.values(
          network.tf.assign(
              network.parameter(name).variable(),
              network.tf.dtypes.cast(network.tf.constant(values), network.store.type())));
    }
  }

  private static double affine(int channel, double standardized) {
    return new double[] {2, -1, 0.5}[channel] * standardized + channel + 1;
  }

  private static <T extends TNumber> void checkTraining(Class<T> type, Shape shape) {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> output =
          new BatchNorm().apply(network.training(0).in("bn"), network.batch(shape, VALUES));
      setGammaAndBeta(network);
      double[] actual = network.values(output);
      for (int i = 0; i < VALUES.length; i++) {
        Moments moments = Moments.of(i % CHANNELS);
        double expected =
            affine(
                i % CHANNELS,
                (VALUES[i] - moments.mean()) / Math.sqrt(moments.variance() + EPSILON));
        assertThat(actual[i]).isCloseTo(expected, within(tolerance(type)));
      }
    }
  }

  private static <T extends TNumber> void checkMovingAverages(Class<T> type) {
    try (Network<T> network = new Network<>(type)) {
      new BatchNorm().apply(network.training(0).in("bn"), network.batch(IMAGES, VALUES));
      network.run(network.store.updates(network.tf));
      network.run(network.store.updates(network.tf));
      double[] means = network.values("bn/moving_mean");
      double[] variances = network.values("bn/moving_variance");
      for (int channel = 0; channel < CHANNELS; channel++) {
        Moments moments = Moments.of(channel);
        assertThat(means[channel]).isCloseTo(0.19 * moments.mean(), within(tolerance(type)));
        assertThat(variances[channel])
            .isCloseTo(0.81 + 0.19 * moments.sampleVariance(), within(tolerance(type)));
      }
    }
  }

  private static <T extends TNumber> void checkInference(Class<T> type) {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> images = network.batch(IMAGES, VALUES);
      new BatchNorm().withMomentum(0).apply(network.training(0).in("bn"), images);
      Operand<T> output = new BatchNorm().apply(network.inference().in("bn"), images);
      setGammaAndBeta(network);
      network.run(network.store.updates(network.tf));
      double[] actual = network.values(output);
      for (int i = 0; i < VALUES.length; i++) {
        Moments moments = Moments.of(i % CHANNELS);
        double standardized =
            (VALUES[i] - moments.mean()) / Math.sqrt(moments.sampleVariance() + EPSILON);
        assertThat(actual[i])
            .isCloseTo(affine(i % CHANNELS, standardized), within(tolerance(type)));
      }
      assertThat(network.store.parameters()).hasSize(4);
    }
  }

  /** Gradients of sum(x^3-weighted output) by the layer's parameters and by the input. */
  private static <T extends TNumber> double[] inputGradient(Class<T> type) {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> images = network.batch(IMAGES, VALUES);
      Operand<T> output = new BatchNorm().apply(network.training(0).in("bn"), images);
      Operand<T> weights = network.batch(IMAGES, Samples.uniform(12, VALUES.length));
      Operand<T> loss =
          network.tf.reduceSum(
              network.tf.math.mul(output, weights), network.tf.constant(new int[] {0, 1, 2, 3}));
      var gradient =
          network.graph.addGradients(
              loss.asOutput(), new org.tensorflow.Output<?>[] {images.asOutput()});
      return network.values(gradient[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void trainingNormalizesByTheBatch(Class<T> type) {
    checkTraining(type, IMAGES);
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void rowsAreNormalizedPerColumn(Class<T> type) {
    checkTraining(type, ROWS);
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void movingAveragesTakeATenthOfEachBatch(Class<T> type) {
    checkMovingAverages(type);
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void inferenceNormalizesByTheMovingAverages(Class<T> type) {
    checkInference(type);
  }

  @Test
  void theGradientIsThatOfTheFormula() {
    double[] gradient = inputGradient(TFloat64.class);
    double[] weights = Samples.uniform(12, VALUES.length);
    int n = VALUES.length / CHANNELS;
    for (int channel = 0; channel < CHANNELS; channel++) {
      Moments moments = Moments.of(channel);
      double deviation = Math.sqrt(moments.variance() + EPSILON);
      double sum = 0;
      double product = 0;
      for (int i = channel; i < VALUES.length; i += CHANNELS) {
        sum += weights[i];
        product += weights[i] * (VALUES[i] - moments.mean()) / deviation;
      }
      for (int i = channel; i < VALUES.length; i += CHANNELS) {
        double standardized = (VALUES[i] - moments.mean()) / deviation;
        double expected = (weights[i] - sum / n - standardized * product / n) / deviation;
        assertThat(gradient[i]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void fusedAndComposedGradientsAgree() {
    assertThat(inputGradient(TFloat32.class))
        .containsExactly(inputGradient(TFloat64.class), within(1e-5));
  }
}
