package io.github.tfkfac.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.layer.Parameter.Role;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class ParameterStoreTest {

  private static final Shape KERNEL = Shape.of(3, 3, 16, 32);

  private static <T extends TNumber> double[] initialValue(
      Class<T> type, long seed, String name, Initializer initializer) {
    try (Network<T> network = new Network<>(type, seed)) {
      network.store.obtain(name, KERNEL, new Axes.Convolution(), Role.TRAINABLE, initializer);
      return network.values(name);
    }
  }

  private static double[] kernel(long seed, String name) {
    return initialValue(TFloat32.class, seed, name, Initializer.heNormal());
  }

  private static double variance(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
  }

  @Test
  void initialValuesRepeatForTheSameSeedAndName() {
    assertThat(kernel(7, "a/kernel")).isEqualTo(kernel(7, "a/kernel"));
  }

  @Test
  void initialValuesDifferForAnotherSeedOrName() {
    assertThat(kernel(7, "a/kernel"))
        .isNotEqualTo(kernel(8, "a/kernel"))
        .isNotEqualTo(kernel(7, "b/kernel"));
  }

  @Test
  void initialValuesDoNotDependOnWhatWasCreatedBefore() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class, 7)) {
      for (String name : new String[] {"z/kernel", "a/kernel"}) {
        network.store.obtain(
            name, KERNEL, new Axes.Convolution(), Role.TRAINABLE, Initializer.heNormal());
      }
      assertThat(network.values("a/kernel")).isEqualTo(kernel(7, "a/kernel"));
    }
  }

  @Test
  void bothPrecisionsStartFromTheSameValues() {
    assertThat(initialValue(TFloat64.class, 7, "a/kernel", Initializer.heNormal()))
        .isEqualTo(kernel(7, "a/kernel"));
  }

  @Test
  void heNormalHasVarianceTwoOverFanIn() {
    double[] values = kernel(3, "a/kernel");
    double expected = 2.0 / (3 * 3 * 16);
    // Standard error of a variance over n values: sqrt(2 / n), here 2.1 %.
    assertThat(variance(values) / expected).isCloseTo(1, within(0.08));
  }

  @Test
  void aSparseStartConnectsEveryOutputWithSoManyInputs() {
    int inputs = 40;
    int outputs = 300;
    try (Network<TFloat32> network = new Network<>(TFloat32.class, 3)) {
      network.store.obtain(
          "k", Shape.of(inputs, outputs), new Axes.Dense(), Role.TRAINABLE, Initializer.sparse(15));
      double[] values = network.values("k");
      int[] ofInput = new int[inputs];
      for (int output = 0; output < outputs; output++) {
        int connections = 0;
        for (int input = 0; input < inputs; input++) {
          boolean connected = values[input * outputs + output] != 0;
          connections += connected ? 1 : 0;
          ofInput[input] += connected ? 1 : 0;
        }
        assertThat(connections).isEqualTo(15);
      }
      // 112.5 on average, with a standard deviation of 8.4.
      assertThat(Arrays.stream(ofInput).boxed()).allSatisfy(n -> assertThat(n).isBetween(75, 150));
      double[] drawn = Arrays.stream(values).filter(value -> value != 0).toArray();
      assertThat(variance(drawn)).isCloseTo(1, within(0.08));
    }
  }

  @Test
  void glorotUniformStaysInItsBoundsAndFillsThem() {
    double[] values = initialValue(TFloat32.class, 3, "a/kernel", Initializer.glorotUniform());
    double bound = Math.sqrt(6.0 / (9 * 16 + 9 * 32));
    assertThat(Arrays.stream(values).map(Math::abs).max().orElseThrow())
        .isBetween(0.99 * bound, bound);
    assertThat(variance(values) / (bound * bound / 3)).isCloseTo(1, within(0.08));
  }

  @Test
  void aNameGivesTheSameVariableEveryTime() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Axes axes = new Axes.PerChannel();
      var first =
          network.store.obtain("a/bias", Shape.of(4), axes, Role.TRAINABLE, Initializer.zeros());
      var second =
          network.store.obtain("a/bias", Shape.of(4), axes, Role.TRAINABLE, Initializer.zeros());
      assertThat(second).isSameAs(first);
      assertThat(first.variable().op().name()).isEqualTo("a/bias");
      assertThat(network.store.parameters()).containsExactly(first);
    }
  }

  @Test
  void aNameCannotMeanTwoThings() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Axes axes = new Axes.PerChannel();
      network.store.obtain("a/bias", Shape.of(4), axes, Role.TRAINABLE, Initializer.zeros());
      assertThatThrownBy(
              () ->
                  network.store.obtain(
                      "a/bias", Shape.of(5), axes, Role.TRAINABLE, Initializer.zeros()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[4]")
          .hasMessageContaining("a/bias")
          .hasMessageContaining("[5]");
      assertThatThrownBy(
              () ->
                  network.store.obtain(
                      "a/bias", Shape.of(4), axes, Role.STATISTIC, Initializer.zeros()))
          .hasMessageContaining("STATISTIC");
    }
  }

  @Test
  void rolesAreListedApart() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      new BatchNorm()
          .apply(network.training(0).in("bn"), network.batch(Shape.of(2, 3), new double[6]));
      assertThat(network.store.trainables())
          .extracting(Parameter::name)
          .containsExactlyInAnyOrder("bn/gamma", "bn/beta");
      assertThat(network.store.statistics())
          .extracting(Parameter::name)
          .containsExactlyInAnyOrder("bn/moving_mean", "bn/moving_variance");
      assertThat(network.store.trainableCount()).isEqualTo(6);
      assertThat(network.store.updates(network.tf)).hasSize(2);
    }
  }

  @Test
  void badArgumentsAreRejected() {
    assertThatThrownBy(() -> new Network<>(TFloat16.class).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TFloat16");
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      assertThatThrownBy(
              () ->
                  network.store.obtain(
                      "a//b",
                      Shape.of(4),
                      new Axes.PerChannel(),
                      Role.TRAINABLE,
                      Initializer.zeros()))
          .hasMessageContaining("a//b");
      assertThatThrownBy(
              () ->
                  network.store.obtain(
                      "a",
                      Shape.of(-1),
                      new Axes.PerChannel(),
                      Role.TRAINABLE,
                      Initializer.zeros()))
          .hasMessageContaining("known shape for parameter 'a'");
    }
  }

  @Test
  void twoNetworksInOneGraphNeedDifferentNames() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      var other = new ParameterStore<>(network.tf, TFloat32.class, 2);
      var input = network.batch(Shape.of(1, 2), 1, 2);
      new Dense(1).apply(network.inference().in("fc"), input);
      assertThatThrownBy(
              () -> new Dense(1).apply(LayerContext.inference(network.tf, other).in("fc"), input))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'fc/kernel'");
      new Dense(1).apply(LayerContext.inference(network.tf, other).in("other").in("fc"), input);
      assertThat(other.parameters()).hasSize(2);
    }
  }
}
