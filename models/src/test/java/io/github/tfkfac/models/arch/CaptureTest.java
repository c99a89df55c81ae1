package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Looks at graphs only: no network is run, so that the largest ones are no burden. */
class CaptureTest {

  private static final int CLASSES = 10;

  static Stream<Architecture> architectures() {
    return Stream.of(
            "resnet8",
            "resnet18-imagenet",
            "vgg11",
            "vgg19",
            "vgg11-imagenet",
            "alexnet",
            "alexnet-imagenet",
            "densenet121",
            "densenet121-imagenet",
            "deep-linear64")
        .map(Architectures::named);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void everyWeightIsCapturedAndEveryTrainableHasAGradient(Architecture architecture) {
    int extent = architecture.name().endsWith("imagenet") ? 224 : 32;
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> images = placeholder(network, Shape.of(-1, extent, extent, 3));
      Operand<TFloat32> targets = placeholder(network, Shape.of(-1, CLASSES));
      Operand<TFloat32> logits = architecture.logits(network.training(0), images, CLASSES);
      assertThat(logits.shape().asArray()).containsExactly(-1, CLASSES);
      Operand<TFloat32> loss = new SoftmaxCrossEntropy().loss(network.tf, logits, targets);

      assertThat(captured(network, loss))
          .containsExactlyInAnyOrderElementsOf(
              network.store.trainables().stream()
                  .map(Parameter::name)
                  .filter(name -> name.endsWith("kernel") || name.endsWith("bias"))
                  .toList());

      Output<?>[] variables =
          network.store.trainables().stream()
              .map(parameter -> parameter.variable().asOutput())
              .toArray(Output<?>[]::new);
      assertThat(network.graph.addGradients(loss.asOutput(), variables))
          .hasSameSizeAs(variables)
          .doesNotContainNull();
    }
  }

  private static List<String> captured(Network<?> network, Operand<TFloat32> loss) {
    TrainableVariables variables =
        TrainableVariables.find(
            network.graph, List.of(loss), VariableFilter.allButMovingStatistics(), List.of());
    ScanReport report = LayerScanner.scan(variables, List.of(loss), name -> true).report();
    return report.of(Outcome.CAPTURED).stream().map(ScanReport.Entry::variable).toList();
  }

  private static Operand<TFloat32> placeholder(Network<TFloat32> network, Shape shape) {
    return network.tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }
}
