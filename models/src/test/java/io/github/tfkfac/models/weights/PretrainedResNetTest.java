package io.github.tfkfac.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.arch.CifarResNet;
import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.Cifar;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.data.RealData;
import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.layer.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

@Tag("data")
class PretrainedResNetTest {

  private static final double LOGIT_TOLERANCE = 1e-3;
  private static final int BATCH = 64;

  private static double[] expectedLogits(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({"20, 9173", "32, 9263"})
  void publishedWeightsGiveTheReferenceLogitsAndAccuracy(int depth, long expectedCorrect)
      throws IOException {
    Path folder = RealData.folder("weights");
    BatchPlan plan =
        BatchPlan.evaluation(
            Cifar.cifar10Test(RealData.folder("cifar-10-batches-bin")),
            PixelScaling.pretrainedRgb(),
            BATCH);
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Placeholder<TFloat32> images =
          network.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 32, 32, 3)));
      Placeholder<TFloat32> targets =
          network.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 10)));
      Operand<TFloat32> logits = new CifarResNet(depth).logits(network.inference(), images, 10);
      Operand<TInt64> correct = Labels.correctCount(network.tf, logits, targets);
      PyTorchWeights.read(folder.resolve("resnet" + depth + ".npz"))
          .assignTo(network.store, network.session());

      long total = 0;
      double[] firstLogits = {};
      for (Batcher batches = Batcher.oneEpoch(plan, 0); batches.hasNext(); ) {
        Batch batch = batches.next();
        try (TFloat32 x = batch.imageTensor(TFloat32.class);
            TFloat32 t = batch.labelTensor(TFloat32.class);
            var result =
                network
                    .session()
                    .runner()
                    .feed(images, x)
                    .feed(targets, t)
                    .fetch(correct)
                    .fetch(logits)
                    .run()) {
          total += (long) Network.doubles(result.get(0))[0];
          if (firstLogits.length == 0) {
            firstLogits = Network.doubles(result.get(1));
          }
        }
      }
      assertThat(firstLogits)
          .containsExactly(
              expectedLogits(folder.resolve("resnet" + depth + "_expected_logits_first64.csv")),
              within(LOGIT_TOLERANCE));
      assertThat(total).isEqualTo(expectedCorrect);
    }
  }
}
