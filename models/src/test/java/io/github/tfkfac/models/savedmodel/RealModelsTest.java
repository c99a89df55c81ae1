package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.MnistIdx;
import io.github.tfkfac.models.data.RealData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

@Tag("data")
class RealModelsTest {

  private static final double SAME_OUTPUT = 1e-5;
  private static final double SAME_FORMULA = 1e-6;
  private static final double SAME_LOSS = 1e-4;
  private static final double DROPOUT_CHANGE = 0.5;
  private static final int EXPECTED_LOSSES = 10;
  private static final int TRAINING_BATCH = 64;

  @ParameterizedTest
  @EnumSource
  void aPlainGraphComputesWhatTensorFlowComputed(RealModel real) {
    try (LoadedModel model = real.open();
        Session session = new Session(model.graph());
        TFloat32 images = real.images()) {
      model.restore(session);
      assertThat(Outputs.of(session, model, real, images))
          .usingComparatorWithPrecision(SAME_OUTPUT)
          .containsExactly(real.expected());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theScannerFindsEveryLayer(RealModel real) {
    try (LoadedModel model = real.open()) {
      LayerScanner.Scan scan =
          LayerScanner.scan(
              TrainableVariables.find(
                  model.graph(),
                  List.of(model.output(real.output)),
                  model.trainableFilter(),
                  List.of()),
              List.of(model.output(real.output)),
              name -> true);
      assertThat(scan.sites())
          .as("%s", scan.report())
          .hasSize(real.denseLayers + real.convolutions);
      assertThat(scan.sites().stream().filter(site -> site.kind() instanceof LayerKind.Dense))
          .hasSize(real.denseLayers);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"half_plus_two_tf1.14", "half_plus_two_tf2.14"})
  void halfPlusTwoIsHalfPlusTwo(String folder) {
    try (LoadedModel model = LoadedModel.open(RealModel.path(folder), "serving_default");
        Session session = new Session(model.graph())) {
      model.restore(session);
      for (float x : new float[] {1, 2, 5}) {
        Shape shape = folder.endsWith("tf2.14") ? Shape.of(1) : Shape.of(1, 1);
        try (TFloat32 input =
                TFloat32.tensorOf(
                    shape, data -> data.setFloat(x, new long[shape.numDimensions()]));
            Result result =
                session.runner().feed(model.input("x"), input).fetch(model.output("y")).run()) {
          TFloat32 y = (TFloat32) result.get(0);
          assertThat((double) y.streamOfObjects().findFirst().orElseThrow())
              .isEqualTo(0.5 * x + 2, within(SAME_FORMULA));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void variablesAreToldApartByTheirPurpose(RealModel real) {
    SavedModelFile file = SavedModelFile.read(real.path());
    assertThat(
            file.variables().stream()
                .collect(Collectors.groupingBy(SavedVariable::kind, Collectors.counting())))
        .as("%s", file.variables())
        .containsExactlyInAnyOrderEntriesOf(real.kinds());
  }

  @Test
  void aTrainingSignatureTrainsAsItDidWhenItWasCalled() throws IOException {
    List<Double> losses = new ArrayList<>();
    ImageDataset digits = MnistIdx.train(RealData.folder("mnist"));
    try (LoadedModel model = LoadedModel.open(RealModel.MNIST_DENSE.path(), "train");
        Session session = new Session(model.graph())) {
      model.restore(session);
      Op update = model.signature().sideEffects().orElseThrow();
      for (int step = 0; step < EXPECTED_LOSSES; step++) {
        ImageDataset batch = digits.range(TRAINING_BATCH * step, TRAINING_BATCH * (step + 1));
        try (TFloat32 images = TFloat32.tensorOf(Shape.of(TRAINING_BATCH, 28, 28));
            TFloat32 labels = TFloat32.tensorOf(Shape.of(TRAINING_BATCH, 10))) {
          fill(batch, images, labels);
          try (Result result =
              session
                  .runner()
                  .feed(model.input("x"), images)
                  .feed(model.input("y"), labels)
                  .addTarget(update)
                  .fetch(model.output("loss"))
                  .run()) {
            losses.add((double) ((TFloat32) result.get(0)).getFloat());
          }
        }
      }
    }
    List<Double> expected;
    try (Stream<String> lines =
        Files.lines(
            RealData.folder("saved_models")
                .resolve(RealModel.MNIST_DENSE.folder + ".train_losses.txt"))) {
      expected = lines.map(line -> Double.valueOf(line.substring(line.indexOf('\t') + 1))).toList();
    }
    assertThat(losses)
        .usingElementComparator(comparing(SAME_LOSS))
        .containsExactlyElementsOf(expected);
  }

  private static Comparator<Double> comparing(double tolerance) {
    return (a, b) -> Math.abs(a - b) <= tolerance ? 0 : Double.compare(a, b);
  }

  private static void fill(ImageDataset batch, TFloat32 images, TFloat32 labels) {
    for (int i = 0; i < batch.size(); i++) {
      for (int row = 0; row < 28; row++) {
        for (int column = 0; column < 28; column++) {
          images.setFloat(batch.pixel(i, row, column, 0) / 255f, i, row, column);
        }
      }
      for (int digit = 0; digit < 10; digit++) {
        labels.setFloat(digit == batch.label(i) ? 1 : 0, i, digit);
      }
    }
  }

  @Test
  void theScannerFindsTheLayersOfATrainingSignature() {
    try (LoadedModel model = LoadedModel.open(RealModel.MNIST_DENSE.path(), "train")) {
      List<Output<?>> loss = List.of(model.output("loss"));
      LayerScanner.Scan scan =
          LayerScanner.scan(
              TrainableVariables.find(model.graph(), loss, model.trainableFilter(), List.of()),
              loss,
              name -> true);
      assertThat(scan.sites()).as("%s", scan.report()).hasSize(2);
    }
  }

  @Test
  void aModelWithDropoutHasATrainingVariantOverTheSameVariables() {
    RealModel real = RealModel.MNIST_CNN;
    try (LoadedModel model = real.open();
        Session session = new Session(model.graph());
        TFloat32 images = real.images()) {
      model.restore(session);
      assertThat(model.modes().trainingSignature()).isTrue();
      Output<?> training = model.trainingSignature().orElseThrow().output(real.output);
      double[] first = Outputs.of(session, model.input(real.input), images, training, 160);
      double[] second = Outputs.of(session, model.input(real.input), images, training, 160);
      assertThat(first).isNotEqualTo(second);
      assertThat(first)
          .usingComparatorWithPrecision(DROPOUT_CHANGE)
          .containsExactly(real.expected());
      assertThat(
              TrainableVariables.find(
                      model.graph(), List.of(training), model.trainableFilter(), List.of())
                  .trained())
          .extracting(TrainableVariables.Trainable::name)
          .containsExactlyInAnyOrderElementsOf(
              model.graphVariables(VariableKind.TRAINABLE).stream()
                  .map(GraphVariable::name)
                  .toList());
    }
  }
}
