package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.optimizer.FirstOrder;
import io.github.tfkfac.optimizer.TrainingOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Directional derivatives of the sum of all losses by the gradients and by central differences. The
 * proposals are fed, since their choice is constant almost everywhere and its gradient left out.
 */
class LossGradientTest {

  private static final int DIRECTIONS = 30;
  private static final long SEED = 5;

  @Test
  void inFloat64TheGradientsAreTheDerivatives() {
    assertDerivatives(TFloat64.class, RegionFeatures.GATHER, 1e-6, 1e-5);
  }

  @Test
  void inFloat32TheGradientsAreTheDerivatives() {
    assertDerivatives(TFloat32.class, RegionFeatures.CROP_AND_RESIZE, 1e-3, 1e-2);
  }

  /**
   * One direction in the space of each of 30 parameters, from the stem to the mask logits, of the
   * length of the parameter.
   *
   * @param step of the differences, as a share of the parameter
   * @param tolerance relative to the derivative
   */
  private static <T extends TNumber> void assertDerivatives(
      Class<T> type, RegionFeatures features, double step, double tolerance) {
    DetectorConfig config = TinyTraining.config();
    try (TrainingUnderTest<T> training =
        new TrainingUnderTest<>(config, 2, type, new Sampling.First(), features)) {
      Map<String, Operand<?>> gradients = new LinkedHashMap<>();
      List<GradAndVar<?>> pairs =
          new FirstOrder(training.graph, TrainingOptions.sgdm(0.1, 0))
              .computeGradients(training.network.total());
      pairs.forEach(pair -> gradients.put(pair.getVariable().op().name(), pair.getGradient()));
      List<Probe<T>> probes = probes(training, gradients);
      Session session = training.start();
      try (Feeds feeds =
              training.feeds(
                  ReferenceBatch.of(
                      List.of(TinyTraining.twoObjects(), TinyTraining.threeObjects())));
          Result fixed = proposals(training, feeds)) {
        Random random = new Random(SEED);
        for (Probe<T> probe : probes) {
          double[] start = fetch(training, feeds, fixed, probe.parameter().variable());
          double[] gradient = fetch(training, feeds, fixed, probe.gradient());
          double[] direction = direction(start, random);
          double expected = dot(gradient, direction);
          probe.set(session, type, moved(start, direction, step));
          double above = fetch(training, feeds, fixed, training.network.total())[0];
          probe.set(session, type, moved(start, direction, -step));
          double below = fetch(training, feeds, fixed, training.network.total())[0];
          probe.set(session, type, start);
          double difference = (above - below) / (2 * step);
          assertThat(Math.abs(difference - expected))
              .as("%s: %s by differences, %s by the gradient", probe.name(), difference, expected)
              .isLessThanOrEqualTo(tolerance * Math.abs(expected));
        }
      }
    }
  }

  /** A parameter whose value can be set. */
  private record Probe<T extends TNumber>(
      Parameter<T> parameter, Operand<?> gradient, Placeholder<T> value, Op assignment) {

    String name() {
      return parameter.name();
    }

    void set(Session session, Class<T> type, double[] values) {
      try (Tensor tensor = tensor(type, parameter.shape(), values)) {
        session.runner().feed(value, tensor).addTarget(assignment).run().close();
      }
    }
  }

  private static <T extends TNumber> List<Probe<T>> probes(
      TrainingUnderTest<T> training, Map<String, Operand<?>> gradients) {
    List<Parameter<T>> all = training.store.trainables();
    List<Probe<T>> probes = new ArrayList<>();
    for (int i = 0; i < DIRECTIONS; i++) {
      Parameter<T> parameter = all.get(i * (all.size() - 1) / (DIRECTIONS - 1));
      Placeholder<T> value =
          training.tf.placeholder(training.store.type(), Placeholder.shape(parameter.shape()));
      probes.add(
          new Probe<>(
              parameter,
              gradients.get(parameter.name()),
              value,
              training.tf.assign(parameter.variable(), value)));
    }
    return probes;
  }

  private static <T extends TNumber> Result proposals(TrainingUnderTest<T> training, Feeds feeds) {
    return feeds
        .to(training.session().runner())
        .fetch(training.network.proposals().boxes())
        .fetch(training.network.proposals().valid())
        .run();
  }

  private static <T extends TNumber> double[] fetch(
      TrainingUnderTest<T> training, Feeds feeds, Result proposals, Operand<?> value) {
    Session.Runner runner =
        feeds
            .to(training.session().runner())
            .feed(training.network.proposals().boxes(), proposals.get(0))
            .feed(training.network.proposals().valid(), proposals.get(1));
    return TrainingUnderTest.fetch(runner, List.of(value)).get(0);
  }

  /** Random, as long as the parameter; of length 1 where that is 0. */
  private static double[] direction(double[] parameter, Random random) {
    double[] direction = new double[parameter.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextGaussian();
    }
    double length = Math.sqrt(dot(parameter, parameter));
    double scale = (length == 0 ? 1 : length) / Math.sqrt(dot(direction, direction));
    return moved(new double[direction.length], direction, scale);
  }

  private static double[] moved(double[] start, double[] direction, double step) {
    double[] moved = new double[start.length];
    for (int i = 0; i < start.length; i++) {
      moved[i] = start[i] + step * direction[i];
    }
    return moved;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static <T extends TNumber> Tensor tensor(Class<T> type, Shape shape, double[] values) {
    if (type.equals(TFloat64.class)) {
      return TFloat64.tensorOf(shape, DataBuffers.of(values));
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return TFloat32.tensorOf(shape, DataBuffers.of(floats));
  }
}
