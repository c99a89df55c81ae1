package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

@Tag("data")
class ExportTest {

  private static final double SAME_OUTPUT = 1e-6;
  private static final int OUTPUTS = 160;
  private static final int STEPS = 2;

  @TempDir Path folder;

  private enum Method {
    KFAC,
    FIRST_ORDER;

    TrainingOptimizer on(LoadedModel model) {
      TrainingOptions training =
          TrainingOptions.sgdm(1e-3, 0).withVariables(model.trainableFilter());
      return switch (this) {
        case KFAC -> new Kfac(model.graph(), KfacOptions.nkfac().withTraining(any -> training));
        case FIRST_ORDER -> new FirstOrder(model.graph(), training);
      };
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cifar10_resnet32_tf1.8",
        "cifar10_cnn_keras_tf2.12",
        "mnist_cnn_keras_tf2.2",
        "mnist_dense_train_signatures_tf2.15",
        "half_plus_two_tf1.14",
        "half_plus_two_tf2.14"
      })
  void anUntrainedModelComesBackBitForBit(String name) throws IOException {
    Path source = RealModel.path(name);
    Path target = folder.resolve(name);
    SavedModelFile file = SavedModelFile.read(source);
    String signature = file.signatures().firstKey();
    if (file.signatures().containsKey(SavedModelFile.DEFAULT_SIGNATURE)) {
      signature = SavedModelFile.DEFAULT_SIGNATURE;
    }
    try (LoadedModel model = LoadedModel.open(file, List.of(signature));
        Session session = new Session(model.graph())) {
      model.restore(session);
      ModelExport.write(model, session, target);
    }

    assertThat(SavedValues.of(target)).isEqualTo(SavedValues.of(source));
    Map<String, byte[]> others = otherFiles(source);
    Map<String, byte[]> written = otherFiles(target);
    assertThat(written.keySet()).isEqualTo(others.keySet());
    others.remove("fingerprint.pb");
    assertThat(written).containsAllEntriesOf(others);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(target);
    }
  }

  private static Map<String, byte[]> otherFiles(Path model) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(model)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        String name = model.relativize(path).toString();
        if (!name.startsWith("variables")) {
          files.put(name, Files.readAllBytes(path));
        }
      }
    }
    return files;
  }

  @ParameterizedTest
  @CsvSource({
    "RESNET, FIRST_ORDER",
    "CIFAR_CNN, KFAC",
    "CIFAR_CNN, FIRST_ORDER",
    "MNIST_CNN, KFAC",
    "MNIST_DENSE, KFAC"
  })
  void aTrainedModelIsWrittenWithNothingElseChanged(RealModel real, Method method) {
    trainedModelsComeBack(real, method);
  }

  @Test
  @Tag("slow")
  void movingStatisticsStayWithAllLayersOfAResNetPreconditioned() {
    trainedModelsComeBack(RealModel.RESNET, Method.KFAC);
  }

  private void trainedModelsComeBack(RealModel real, Method method) {
    Path target = folder.resolve("trained");
    double[] trained;
    try (LoadedModel model = real.open();
        TFloat32 images = real.images()) {
      Op step = method.on(model).minimize(loss(model, real));
      try (Session session = new Session(model.graph())) {
        model.restore(session);
        for (int i = 0; i < STEPS; i++) {
          session.runner().feed(model.input(real.input), images).addTarget(step).run().close();
        }
        trained = Outputs.of(session, model, real, images);
        ModelExport.write(model, session, target);
      }
    }

    assertThat(outputsOfBundle(target, real))
        .usingComparatorWithPrecision(SAME_OUTPUT)
        .containsExactly(trained);
    Map<String, ByteBuffer> before = SavedValues.of(real.path());
    Map<String, ByteBuffer> after = SavedValues.of(target);
    TreeSet<String> changed = new TreeSet<>();
    before.forEach(
        (key, value) -> {
          if (!value.equals(after.get(key))) {
            changed.add(key);
          }
        });
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(changed)
        .containsExactlyInAnyOrderElementsOf(
            SavedModelFile.read(real.path()).variables().stream()
                .filter(variable -> variable.kind() == VariableKind.TRAINABLE)
                .map(SavedVariable::checkpointKey)
                .toList());
  }

  private static Operand<TFloat32> loss(LoadedModel model, RealModel real) {
    Ops tf = Ops.create(model.graph());
    Operand<TFloat32> output = Floats.of(model.output(real.output));
    return tf.math.mean(
        tf.math.square(tf.math.sub(output, tf.constant(1f))), tf.constant(new int[] {0, 1}));
  }

  private static double[] outputsOfBundle(Path model, RealModel real) {
    SignatureSpec signature = SavedModelFile.read(model).signature(real.signature);
    try (SavedModelBundle bundle = SavedModelBundle.load(model.toString(), "serve");
        TFloat32 images = real.images()) {
      return Outputs.of(
          bundle.session(),
          bundle.graph().outputOrThrow(signature.inputs().get(real.input).tensor()),
          images,
          bundle.graph().outputOrThrow(signature.outputs().get(real.output).tensor()),
          OUTPUTS);
    }
  }
}
