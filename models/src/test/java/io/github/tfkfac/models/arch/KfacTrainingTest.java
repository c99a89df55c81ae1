package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.Samples;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class KfacTrainingTest {

  private static final Shape IMAGES = Shape.of(16, 8, 8, 3);
  private static final int CLASSES = 4;
  private static final int[] LABELS =
      IntStream.range(0, (int) IMAGES.get(0)).map(i -> i % CLASSES).toArray();
  private static final int STEPS = 10;
  private static final int RESNET_20_OPERATIONS = 13_957;

  /**
   * TensorFlow goes over the whole graph at the first run of every set of fetches, so its size is
   * time before the first step. The bound is that of a graph with one batch of factors per size.
   */
  @Test
  void theGraphOfResNet20StaysSmall() {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Shape shape = Shape.of(16, 32, 32, 3);
      Operand<TFloat32> images = network.batch(shape, Samples.uniform(41, shape.size()));
      Operand<TFloat32> targets =
          Labels.oneHot(network.tf, network.tf.constant(LABELS), CLASSES, TFloat32.class);
      Operand<TFloat32> logits = new CifarResNet(20).logits(network.training(0), images, CLASSES);
      Kfac optimizer = new Kfac(network.graph, KfacOptions.nkfac());
      optimizer.attachUpdates(network.store::updates);
      optimizer.minimize(new SoftmaxCrossEntropy().loss(network.tf, logits, targets));
      AtomicInteger operations = new AtomicInteger();
      network.graph.operations().forEachRemaining(any -> operations.incrementAndGet());
      assertThat(operations.get()).isLessThanOrEqualTo(RESNET_20_OPERATIONS);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void everyKernelIsCapturedAndTheLossFalls(Class<T> type) {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> images = network.batch(IMAGES, Samples.uniform(41, IMAGES.size()));
      Operand<T> targets = Labels.oneHot(network.tf, network.tf.constant(LABELS), CLASSES, type);
      Operand<T> logits = new CifarResNet(8).logits(network.training(0), images, CLASSES);
      Operand<T> loss = new SoftmaxCrossEntropy().loss(network.tf, logits, targets);
      Kfac optimizer =
          new Kfac(network.graph, KfacOptions.nkfac().withLearningRate(0.05).withPeriods(5, 10));
      optimizer.attachUpdates(network.store::updates);
      Op train = optimizer.minimize(loss);

      ScanReport report = optimizer.scanReport();
      assertThat(report.of(Outcome.CAPTURED))
          .extracting(ScanReport.Entry::variable)
          .containsExactlyInAnyOrderElementsOf(
              network.store.trainables().stream()
                  .map(Parameter::name)
                  .filter(name -> name.endsWith("kernel") || name.equals("linear/bias"))
                  .toList());
      assertThat(report.of(Outcome.EXCLUDED))
          .extracting(ScanReport.Entry::variable)
          .containsAll(network.store.statistics().stream().map(Parameter::name).toList());

      double before = network.value(loss);
      for (int step = 0; step < STEPS; step++) {
        network.run(List.of(train));
      }
      assertThat(network.value(loss)).isLessThan(0.5 * before);
      assertThat(network.values("bn1/moving_variance")).doesNotContain(1);
    }
  }
}
