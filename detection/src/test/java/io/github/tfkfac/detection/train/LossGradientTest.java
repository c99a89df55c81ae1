package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.assign.SampleSize;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * The gradients of the sum of all losses: in float64 compared with directional derivatives, in
 * float32 with those in float64. The proposals are fed, since their choice is constant almost
 * everywhere and its gradient left out.
 */
class LossGradientTest {

  private static final int DIRECTIONS = 30;
  private static final long SEED = 5;

  /** This many, drawn at random, that every level of the pyramid has some. */
  private static final int ANCHORS = 256;

  /** Of the differences, as a share of the parameter. */
  private static final double STEP = 1e-6;

  private static final double TOLERANCE = 1e-5;

  /** Of a loss, in units of its last place. */
  private static final double ROUNDING = 4;

  private static final double SINGLE_PRECISION = 1e-2;

  /** One direction in the space of each of 30 parameters, from the stem to the mask logits. */
  @Test
  void inFloat64TheGradientsAreTheDerivatives() {
    try (Run<TFloat64> run = new Run<>(TFloat64.class, RegionFeatures.GATHER)) {
      List<Probe> probes = probes(run.training);
      run.start();
      Random random = new Random(SEED);
      Map<String, double[]> gradients = run.gradients();
      for (Probe probe : probes) {
        double[] start = run.fetch(probe.parameter().variable());
        double[] direction = direction(start, random);
        double expected = dot(gradient(gradients, probe.parameter()), direction);
        probe.set(run.session, moved(start, direction, STEP));
        double above = run.fetch(run.training.network.total())[0];
        probe.set(run.session, moved(start, direction, -STEP));
        double below = run.fetch(run.training.network.total())[0];
        probe.set(run.session, start);
        double difference = (above - below) / (2 * STEP);
        assertThat(Math.abs(difference - expected))
            .as(
                "%s: %s by differences, %s by the gradient",
                probe.parameter().name(), difference, expected)
            .isLessThanOrEqualTo(
                TOLERANCE * Math.abs(expected) + ROUNDING * Math.ulp(above) / STEP);
      }
    }
  }

  @Test
  void inFloat32TheGradientsAreThoseInFloat64() {
    try (Run<TFloat32> single = new Run<>(TFloat32.class, RegionFeatures.CROP_AND_RESIZE);
        Run<TFloat64> wide = new Run<>(TFloat64.class, RegionFeatures.GATHER)) {
      single.start();
      wide.start();
      Map<String, double[]> expected = wide.gradients();
      Map<String, double[]> actual = single.gradients();
      assertThat(actual.keySet()).isEqualTo(expected.keySet()).hasSizeGreaterThan(DIRECTIONS);
      expected.forEach(
          (name, gradient) ->
              assertThat(length(moved(actual.get(name), gradient, -1)) / length(gradient))
                  .as(name)
                  .isLessThanOrEqualTo(SINGLE_PRECISION));
    }
  }

  private static double[] gradient(Map<String, double[]> gradients, Parameter<?> parameter) {
    assertThat(gradients).containsKey(parameter.name());
    return gradients.get(parameter.name());
  }

  /** A network, its gradients, a batch of two images, and proposals of random boxes. */
  private static final class Run<T extends TNumber> implements AutoCloseable {
    final TrainingUnderTest<T> training;
    final Map<String, Operand<?>> gradients = new LinkedHashMap<>();
    final Class<T> type;
    Session session;
    private final Feeds feeds;

    Run(Class<T> type, RegionFeatures features) {
      this.type = type;
      DetectorConfig tiny = TinyTraining.config();
      DetectorConfig config =
          tiny.withProposals(tiny.proposals().withSamples(new SampleSize(ANCHORS, 0.5)));
      training = new TrainingUnderTest<>(config, 2, type, new Sampling.Random(SEED), features);
      new FirstOrder(training.graph, TrainingOptions.sgdm(0.1, 0))
          .computeGradients(training.network.total())
          .forEach(pair -> gradients.put(pair.getVariable().op().name(), pair.getGradient()));
      feeds =
          training.feeds(
              ReferenceBatch.of(List.of(TinyTraining.twoObjects(), TinyTraining.threeObjects())));
    }

    void start() {
      session = training.start();
    }

    Map<String, double[]> gradients() {
      List<double[]> values = fetch(new ArrayList<>(gradients.values()));
      Map<String, double[]> byName = new LinkedHashMap<>();
      int next = 0;
      for (String name : gradients.keySet()) {
        byName.put(name, values.get(next++));
      }
      return byName;
    }

    double[] fetch(Operand<?> value) {
      return fetch(List.of(value)).get(0);
    }

    List<double[]> fetch(List<? extends Operand<?>> values) {
      Shape shape = training.network.proposals().boxes().shape();
      try (Tensor boxes = tensor(type, shape, boxes(shape.size()));
          TBool valid = TBool.tensorOf(shape.subShape(0, 2))) {
        valid.scalars().forEach(flag -> flag.setBoolean(true));
        Session.Runner runner =
            feeds
                .to(session.runner())
                .feed(training.network.proposals().boxes(), boxes)
                .feed(training.network.proposals().valid(), valid);
        return TrainingUnderTest.fetch(runner, values);
      }
    }

    /** Boxes of all sizes, some of which overlap objects by more than a half. */
    private static double[] boxes(long edges) {
      Random random = new Random(SEED);
      double[] boxes = new double[Math.toIntExact(edges)];
      for (int i = 0; i < boxes.length; i += 4) {
        boxes[i] = (float) (20 * random.nextDouble());
        boxes[i + 1] = (float) (20 * random.nextDouble());
        boxes[i + 2] = (float) (boxes[i] + 4 + 38 * random.nextDouble());
        boxes[i + 3] = (float) (boxes[i + 1] + 4 + 38 * random.nextDouble());
      }
      return boxes;
    }

    @Override
    public void close() {
      feeds.close();
      training.close();
    }
  }

  /** A parameter whose value can be set. */
  private record Probe(Parameter<TFloat64> parameter, Placeholder<TFloat64> value, Op assignment) {

    void set(Session session, double[] values) {
      try (Tensor tensor = tensor(TFloat64.class, parameter.shape(), values)) {
        session.runner().feed(value, tensor).addTarget(assignment).run().close();
      }
    }
  }

  private static List<Probe> probes(TrainingUnderTest<TFloat64> training) {
    List<Parameter<TFloat64>> all = training.store.trainables();
    List<Probe> probes = new ArrayList<>();
    for (int i = 0; i < DIRECTIONS; i++) {
      Parameter<TFloat64> parameter = all.get(i * (all.size() - 1) / (DIRECTIONS - 1));
      Placeholder<TFloat64> value =
          training.tf.placeholder(TFloat64.class, Placeholder.shape(parameter.shape()));
      probes.add(new Probe(parameter, value, training.tf.assign(parameter.variable(), value)));
    }
    return probes;
  }

  /** Random, as long as the parameter; of length 1 where that is 0. */
  private static double[] direction(double[] parameter, Random random) {
    double[] direction = new double[parameter.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextGaussian();
    }
    double length = length(parameter);
    double scale = (length == 0 ? 1 : length) / length(direction);
    return moved(new double[direction.length], direction, scale);
  }

  private static double[] moved(double[] start, double[] direction, double step) {
    double[] moved = new double[start.length];
    for (int i = 0; i < start.length; i++) {
      moved[i] = start[i] + step * direction[i];
    }
    return moved;
  }

  private static double length(double[] values) {
    return Math.sqrt(dot(values, values));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static Tensor tensor(Class<?> type, Shape shape, double[] values) {
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
