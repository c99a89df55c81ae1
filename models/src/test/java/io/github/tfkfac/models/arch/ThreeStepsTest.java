package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.layer.MeanSquaredError;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Samples;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

class ThreeStepsTest {

  private static final int BATCH = 8;
  private static final int CLASSES = 2;
  private static final int SEED = 51;

  private enum Method {
    MOMENTUM {
      @Override
      TrainingOptimizer optimizer(Graph graph) {
        return new FirstOrder(graph, TrainingOptions.sgdm(0.01, 0));
      }
    },
    NKFAC {
      @Override
      TrainingOptimizer optimizer(Graph graph) {
        return new Kfac(graph, KfacOptions.nkfac().withLearningRate(0.2).withPeriods(1, 3));
      }
    };

    abstract TrainingOptimizer optimizer(Graph graph);
  }

  static Stream<Arguments> classifiers() {
    return Stream.of(
        Arguments.of(new AlexNet(ImageScale.CIFAR), 32, Method.MOMENTUM),
        Arguments.of(new Vgg(11, ImageScale.CIFAR), 32, Method.MOMENTUM),
        Arguments.of(new DenseNet(List.of(2, 1), 4, ImageScale.CIFAR), 8, Method.NKFAC));
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void theLossOfAClassifierFalls(Architecture architecture, int extent, Method method) {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Shape shape = Shape.of(BATCH, extent, extent, 3);
      Operand<TFloat32> images = network.batch(shape, Samples.uniform(SEED, shape.size()));
      int[] labels = IntStream.range(0, BATCH).map(i -> i % CLASSES).toArray();
      Operand<TFloat32> targets =
          Labels.oneHot(network.tf, network.tf.constant(labels), CLASSES, TFloat32.class);
      Operand<TFloat32> logits = architecture.logits(network.training(0), images, CLASSES);
      assertLossFalls(network, new SoftmaxCrossEntropy().loss(network.tf, logits, targets), method);
    }
  }

  @Test
  void theSquaredErrorOfADeepLinearNetworkFalls() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> input =
          network.batch(Shape.of(BATCH, 10), Samples.uniform(SEED, BATCH * 10));
      double[] signs =
          IntStream.range(0, BATCH).mapToDouble(i -> i % CLASSES == 0 ? 1 : -1).toArray();
      Operand<TFloat32> output = new DeepLinear(6, 10).build(network.training(0), input);
      assertThat(output.shape().asArray()).containsExactly(-1, 1);
      Operand<TFloat32> targets = network.batch(Shape.of(BATCH, 1), signs);
      assertLossFalls(
          network, new MeanSquaredError().loss(network.tf, output, targets), Method.NKFAC);
    }
  }

  private static void assertLossFalls(
      Network<TFloat32> network, Operand<TFloat32> loss, Method method) {
    TrainingOptimizer optimizer = method.optimizer(network.graph);
    optimizer.attachUpdates(network.store::updates);
    Op train = optimizer.minimize(loss);
    double before = network.value(loss);
    for (int step = 0; step < 3; step++) {
      network.run(List.of(train));
    }
    assertThat(network.value(loss)).as("seed %d", SEED).isLessThan(0.9 * before);
  }
}
