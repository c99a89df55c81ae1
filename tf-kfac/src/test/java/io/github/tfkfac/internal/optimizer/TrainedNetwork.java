package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** What two steps with a preset leave behind in networks of one layer {@code w}. */
final class TrainedNetwork {

  private static final double EXACT = 1e-9;
  private static final int STEPS = 2;

  private TrainedNetwork() {}

  /** Builds a loss on an input. */
  interface Network {
    Operand<TFloat64> loss(TestGraph<TFloat64> graph, Operand<TFloat64> x);
  }

  /** Names of the presets. */
  static Stream<String> presets() {
    return Stream.of("nkfac", "kfac", "ekfac", "skfac", "twoLevel");
  }

  private static KfacOptions options(String preset) {
    KfacOptions options =
        switch (preset) {
          case "nkfac" -> KfacOptions.nkfac();
          case "kfac" -> KfacOptions.kfac();
          case "ekfac" -> KfacOptions.ekfac();
          case "skfac" -> KfacOptions.skfac();
          default -> KfacOptions.twoLevel();
        };
    return options.withPeriods(1, 1).withLearningRate(0.1);
  }

  /**
   * Factors, where there are any, and variables after every step.
   *
   * @param fed shape of what is fed
   * @param bias whether the layer is to be captured with a bias
   */
  static Map<String, double[]> of(Network network, String preset, Shape fed, boolean bias) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      long[] open = fed.asArray().clone();
      open[0] = -1;
      Operand<TFloat64> x = graph.input(Shape.of(open));
      Operand<TFloat64> loss = network.loss(graph, x);
      Kfac optimizer = new Kfac(graph.graph, options(preset));
      Op train = optimizer.minimize(loss);
      assertThat(optimizer.layers()).as("%s", optimizer.scanReport()).hasSize(1);
      assertThat(optimizer.layers().get(0).bias().isPresent())
          .as("%s", optimizer.scanReport())
          .isEqualTo(bias);
      graph.start();
      Map<String, double[]> result = new LinkedHashMap<>();
      for (int step = 0; step < STEPS; step++) {
        graph.feed(x, fed, TestGraph.random(20 + step, fed.size()));
        graph.run(train);
        for (String name : new ArrayList<>(graph.everyVariable().keySet())) {
          if (name.equals("w") || name.equals("b") || name.matches("kfac/w/[AG]")) {
            result.put(name + " after step " + step, graph.value(name));
          }
        }
      }
      assertThat(optimizer.health(graph.session()).appliedUpdates()).isEqualTo(STEPS);
      return result;
    }
  }

  /** Whether two networks have left the same behind. */
  static void assertSame(String what, Map<String, double[]> found, Map<String, double[]> expected) {
    assertThat(found.keySet()).as(what).isEqualTo(expected.keySet()).contains("w after step 1");
    found.forEach(
        (name, values) ->
            assertThat(Tensors.relativeError(values, expected.get(name)))
                .as("%s: %s", what, name)
                .isLessThan(EXACT));
  }
}
