package io.github.tfkfac.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.linalg.InverseNorm;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.testing.FixtureNetwork;
import io.github.tfkfac.testing.NpzFixture;
import io.github.tfkfac.testing.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Follows training runs of the published NKFAC and AdaNKFAC code step by step. */
class NkfacParityTest {

  private static final double FLOAT64_TOLERANCE = 1e-9;
  private static final double FLOAT32_TOLERANCE = 2e-3;

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "ada_mlp"})
  void followsTheReferenceInFloat64(String name) {
    NpzFixture fixture = NpzFixture.load(name);
    try (Run<TFloat64> run = new Run<>(fixture, name, TFloat64.class)) {
      for (int step = 0; step < run.steps; step++) {
        double loss = run.step(step);
        double expected = fixture.get("loss").values()[step];
        assertThat(Math.abs(loss - expected) / expected)
            .as("%s: relative error of the loss before update %d", name, step + 1)
            .isLessThanOrEqualTo(FLOAT64_TOLERANCE);
        for (Map.Entry<String, NpzFixture.Array> entry :
            fixture.startingWith("step" + (step + 1) + "/").entrySet()) {
          assertThat(Tensors.relativeError(run.value(entry.getKey()), entry.getValue().values()))
              .as("%s: relative error of %s after update %d", name, entry.getKey(), step + 1)
              .isLessThanOrEqualTo(FLOAT64_TOLERANCE);
        }
      }
      assertThat(run.health().isSound()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "ada_mlp"})
  void staysCloseToTheReferenceInFloat32(String name) {
    NpzFixture fixture = NpzFixture.load(name);
    try (Run<TFloat32> run = new Run<>(fixture, name, TFloat32.class)) {
      for (int step = 0; step < run.steps; step++) {
        double loss = run.step(step);
        double expected = fixture.get("loss").values()[step];
        assertThat(Math.abs(loss - expected) / expected)
            .as("%s: relative error of the loss before update %d", name, step + 1)
            .isLessThanOrEqualTo(FLOAT32_TOLERANCE);
      }
      double difference = 0;
      double scale = 0;
      for (String variable : run.network.variables.keySet()) {
        double[] actual = run.value(variable);
        double[] expected = fixture.get("step" + run.steps + "/" + variable).values();
        for (int i = 0; i < expected.length; i++) {
          difference += Math.pow(actual[i] - expected[i], 2);
          scale += Math.pow(expected[i], 2);
        }
      }
      assertThat(Math.sqrt(difference / scale))
          .as("%s: relative error of all weights at the end", name)
          .isLessThanOrEqualTo(FLOAT32_TOLERANCE);
    }
  }

  private static KfacOptions options(String name) {
    return switch (name) {
      case "mlp" -> KfacOptions.nkfac().withPeriods(2, 10);
      case "cnn" -> KfacOptions.nkfac().withPeriods(5, 10);
      case "ada_mlp" ->
          KfacOptions.adaNkfac()
              .withLearningRate(0.01)
              .withWeightDecay(0.05)
              .withPeriods(3, 6)
              .withNewton(2, new InverseNorm());
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** A training run of a fixture's network on its batches. */
  private static final class Run<T extends TNumber> implements AutoCloseable {
    private final NpzFixture fixture;
    private final Class<T> type;
    private final Graph graph = new Graph();
    private final FixtureNetwork<T> network;
    private final Kfac optimizer;
    private final Op train;
    private final Session session;
    private final Map<String, Operand<?>> reads = new LinkedHashMap<>();
    final int steps;

    Run(NpzFixture fixture, String name, Class<T> type) {
      this.fixture = fixture;
      this.type = type;
      Ops tf = Ops.create(graph);
      network = new FixtureNetwork<>(tf, fixture, name, type);
      optimizer = new Kfac(graph, options(name).strict());
      train = optimizer.minimize(network.loss);
      network.variables.forEach(reads::put);
      for (GraphVariable<?> variable : optimizer.stateVariables()) {
        reads.put(variable.name(), variable.read(tf));
      }
      session = new Session(graph);
      session.initialize();
      steps = Math.toIntExact(fixture.get("loss").shape().get(0));
    }

    double step(int index) {
      NpzFixture.Array images = fixture.get("x").at(index);
      NpzFixture.Array labels = fixture.get("labels").at(index);
      int[] integers = new int[labels.values().length];
      for (int i = 0; i < integers.length; i++) {
        integers[i] = (int) labels.values()[i];
      }
      try (T x = Tensors.of(type, images.shape(), images.values());
          TInt32 y = TInt32.tensorOf(labels.shape(), DataBuffers.of(integers));
          Result result =
              session
                  .runner()
                  .feed(network.images, x)
                  .feed(network.labels, y)
                  .addTarget(train)
                  .fetch(network.loss)
                  .run()) {
        return Tensors.values(result.get(0))[0];
      }
    }

    /** The value of a fixture's key such as {@code dense1.weight} or {@code conv2.Ainv}. */
    double[] value(String key) {
      String layer = key.substring(0, key.lastIndexOf('.'));
      String what = key.substring(key.lastIndexOf('.') + 1);
      String name =
          switch (what) {
            case "A", "G" -> "kfac/" + layer + ".weight/" + what;
            case "Ainv", "Ginv" -> "kfac/" + layer + ".weight/" + what.charAt(0) + "_inverse";
            default -> key;
          };
      try (Result result = session.runner().fetch(reads.get(name)).run()) {
        return Tensors.values(result.get(0));
      }
    }

    TrainingHealth health() {
      return optimizer.health(session);
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
