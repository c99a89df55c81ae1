package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.testing.FixtureNetwork;
import io.github.tfkfac.testing.NpzFixture;
import io.github.tfkfac.testing.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** A training run of a fixture's network on its batches. */
final class FixtureRun<T extends TNumber> implements AutoCloseable {
  private final NpzFixture fixture;
  private final String name;
  private final Class<T> type;
  private final Graph graph = new Graph();
  final FixtureNetwork<T> network;
  private final Kfac optimizer;
  private final Op train;
  private final Session session;
  private final Map<String, Operand<?>> reads = new LinkedHashMap<>();
  private double lengthFactor;
  final int steps;

  FixtureRun(NpzFixture fixture, String name, KfacOptions options, Class<T> type) {
    this.fixture = fixture;
    this.name = name;
    this.type = type;
    Ops tf = Ops.create(graph);
    network = new FixtureNetwork<>(tf, fixture, name, type);
    optimizer = new Kfac(graph, options.strict());
    train = optimizer.minimize(network.loss);
    network.variables.forEach(reads::put);
    for (GraphVariable<?> variable : optimizer.stateVariables()) {
      reads.put(variable.name(), variable.read(tf));
    }
    session = new Session(graph);
    session.initialize();
    steps = Math.toIntExact(fixture.get("loss").shape().get(0));
  }

  /** Takes every step; loss and, where the fixture has it, state must agree with it. */
  void follow(double tolerance) {
    follow(tolerance, steps);
  }

  /** As {@link #follow(double)}; states after a later update are not compared. */
  void follow(double tolerance, int lastComparedUpdate) {
    for (int step = 0; step < steps; step++) {
      followLoss(step, tolerance);
      if (step >= lastComparedUpdate) {
        continue;
      }
      for (Map.Entry<String, NpzFixture.Array> entry :
          fixture.startingWith("step" + (step + 1) + "/").entrySet()) {
        assertThat(Tensors.relativeError(value(entry.getKey()), entry.getValue().values()))
            .as("%s: relative error of %s after update %d", name, entry.getKey(), step + 1)
            .isLessThanOrEqualTo(tolerance);
      }
    }
    assertThat(health().isSound()).isTrue();
  }

  /** Takes a step; the loss before it must agree with the fixture's. */
  void followLoss(int step, double tolerance) {
    double loss = step(step);
    double expected = fixture.get("loss").values()[step];
    assertThat(Math.abs(loss - expected) / expected)
        .as("%s: relative error of the loss before update %d", name, step + 1)
        .isLessThanOrEqualTo(tolerance);
    if (fixture.has("nu")) {
      assertThat(Math.abs(lengthFactor / fixture.get("nu").values()[step] - 1))
          .as("%s: relative error of nu in update %d", name, step + 1)
          .isLessThanOrEqualTo(tolerance);
    }
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
                .fetch(optimizer.lengthFactors().get(0))
                .run()) {
      lengthFactor = Tensors.values(result.get(1))[0];
      return Tensors.values(result.get(0))[0];
    }
  }

  /** The value of a fixture's key such as {@code dense1.weight} or {@code conv2.Ainv}. */
  double[] value(String key) {
    if (key.equals("coarse")) {
      double[] inputs = value("coarse/input_products");
      double[] gradients = value("coarse/gradient_products");
      return IntStream.range(0, inputs.length).mapToDouble(i -> inputs[i] * gradients[i]).toArray();
    }
    if (key.startsWith("coarse/")) {
      return read("kfac/" + key);
    }
    String layer = key.substring(0, key.lastIndexOf('.'));
    String what = key.substring(key.lastIndexOf('.') + 1);
    String name =
        switch (what) {
          case "A", "G" -> "kfac/" + layer + ".weight/" + what;
          case "Ainv", "Ginv" -> "kfac/" + layer + ".weight/" + what.charAt(0) + "_inverse";
          default -> key;
        };
    return read(name);
  }

  private double[] read(String name) {
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
