package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.internal.graph.TrainableVariables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Variables of the models that {@code src/test/python/savedmodel_variables.py} writes. */
class VariablesTest {

  private static final double SAME_OUTPUT = 1e-6;
  private static final int BATCH = 2;

  @TempDir Path folder;

  private Path model(String name) {
    Path into = folder.resolve(name);
    return Files.exists(into)
        ? into.resolve("model")
        : ModelArchive.unpack("variables/" + name, into);
  }

  private JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(model(name).resolveSibling("expected.json").toFile());
  }

  private static LoadedModel open(Path path) {
    return LoadedModel.open(path, SavedModelFile.DEFAULT_SIGNATURE);
  }

  /** The numbers that the script gives to a model. */
  private static Tensor example(Output<?> input) {
    long[] sizes = input.shape().asArray();
    sizes[0] = BATCH;
    Shape shape = Shape.of(sizes);
    int count = (int) shape.size();
    if (input.type().equals(TInt32.class)) {
      int[] numbers = new int[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = i % 5;
      }
      return TInt32.tensorOf(shape, DataBuffers.of(numbers));
    }
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i * 37 % 101 / 101f;
    }
    return TFloat32.tensorOf(shape, DataBuffers.of(numbers));
  }

  private static Session.Runner fed(LoadedModel model, Session session) {
    Session.Runner runner = session.runner();
    model.signature().inputs().values().forEach(input -> runner.feed(input, example(input)));
    return runner;
  }

  private static Map<String, List<Double>> outputs(LoadedModel model, Session session) {
    Map<String, List<Double>> found = new TreeMap<>();
    model
        .signature()
        .outputs()
        .forEach(
            (name, output) -> {
              try (Result result = fed(model, session).fetch(output).run()) {
                List<Double> values = new ArrayList<>();
                ((TFloat32) result.get(0))
                    .scalars()
                    .forEach(value -> values.add((double) value.getFloat()));
                found.put(name, values);
              }
            });
    return found;
  }

  private static Map<String, List<Double>> outputs(Path path) {
    try (LoadedModel model = open(path);
        Session session = new Session(model.graph())) {
      model.restore(session);
      return outputs(model, session);
    }
  }

  private static void assertSame(
      Map<String, List<Double>> found, Map<String, List<Double>> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) ->
            assertThat(found.get(name))
                .usingComparatorForType(
                    (a, b) -> Math.abs(a - b) <= SAME_OUTPUT ? 0 : Double.compare(a, b),
                    Double.class)
                .isEqualTo(values));
  }

  private static Operand<TFloat32> loss(LoadedModel model) {
    Ops tf = Ops.create(model.graph());
    List<Operand<TFloat32>> parts = new ArrayList<>();
    model
        .signature()
        .outputs()
        .values()
        .forEach(
            output ->
                parts.add(
                    tf.math.mean(
                        tf.math.square(tf.math.sub(Floats.of(output), tf.constant(3f))),
                        tf.constant(new int[] {0, 1}))));
    return tf.math.addN(parts);
  }

  private static TrainingOptimizer optimizer(LoadedModel model) {
    return new FirstOrder(
        model.graph(), TrainingOptions.sgdm(0.1, 0).withVariables(model.trainableFilter()));
  }

  /** Trains a model by one step, writes it, and returns its outputs then. */
  private static Map<String, List<Double>> trained(Path source, Path target) {
    try (LoadedModel model = open(source)) {
      Op step = optimizer(model).minimize(loss(model));
      try (Session session = new Session(model.graph())) {
        session.initialize();
        model.restore(session);
        fed(model, session).addTarget(step).run().close();
        ModelExport.write(model, session, target);
        return outputs(model, session);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export_frozen",
        "export_lora",
        "export_subclassed",
        "save_lora",
        "save_subclassed",
        "save_compiled",
        "module",
        "module_training"
      })
  void variablesHaveTheModelsNamesAndKindsAndItComputesWhatTensorFlowComputes(String name)
      throws IOException {
    Map<String, String> kinds = new HashMap<>();
    Map<String, List<Double>> references = new TreeMap<>();
    JsonNode expected = expected(name);
    expected
        .get("kinds")
        .properties()
        .forEach(one -> kinds.put(one.getKey(), one.getValue().asText()));
    expected
        .get("outputs")
        .properties()
        .forEach(
            one -> {
              List<Double> values = new ArrayList<>();
              one.getValue().forEach(value -> values.add(value.asDouble()));
              references.put(one.getKey(), values);
            });
    try (LoadedModel model = open(model(name))) {
      Map<String, String> found =
          model.variables().stream()
              .filter(variable -> model.graph().operation(variable.name()) != null)
              .collect(Collectors.toMap(SavedVariable::name, variable -> variable.kind().name()));
      assertThat(found).isEqualTo(kinds);
    }
    assertSame(outputs(model(name)), references);
  }

  /** In these models different variables have different values, so equal ones are the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "export_frozen",
        "export_lora",
        "export_subclassed",
        "save_lora",
        "save_subclassed",
        "save_compiled",
        "module",
        "module_training"
      })
  void aNewValueIsWrittenUnderEveryNameOfItsVariableAndNothingElseChanges(String name)
      throws IOException {
    Path target = folder.resolve("trained");
    Map<String, List<Double>> outputs = trained(model(name), target);

    Map<String, ByteBuffer> before = SavedValues.of(model(name));
    Map<String, ByteBuffer> after = SavedValues.of(target);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    Map<ByteBuffer, Set<ByteBuffer>> written = new HashMap<>();
    before.forEach(
        (key, value) ->
            written
                .computeIfAbsent(value, old -> new HashSet<>())
                .add(Objects.requireNonNull(after.get(key))));
    assertThat(written.values()).allSatisfy(values -> assertThat(values).hasSize(1));
    long changed =
        written.entrySet().stream().filter(one -> !one.getValue().contains(one.getKey())).count();
    long trainable =
        expected(name).get("kinds").properties().stream()
            .filter(one -> one.getValue().asText().equals("TRAINABLE"))
            .count();
    assertThat(changed).isEqualTo(trainable);
    assertSame(outputs(target), outputs);
  }

  @Test
  void anExportOfKerasHasTwoValuesOfEveryVariable() {
    assertThat(SavedModelFile.read(model("export_lora")).variables())
        .allSatisfy(
            variable ->
                assertThat(variable.checkpointKeys())
                    .hasSize(2)
                    .anyMatch(key -> key.startsWith("variables/"))
                    .anyMatch(key -> key.startsWith("_all_variables/")));
  }

  @Test
  void theStatisticsOfANormalizationThatIsTrainedAreWritten() {
    Path source = model("module_training");
    Path target = folder.resolve("trained");
    try (LoadedModel model = open(source);
        Session session = new Session(model.graph())) {
      model.restore(session);
      LoadedSignature training = model.trainingSignature().orElseThrow();
      Output<?> input = training.inputs().values().iterator().next();
      session
          .runner()
          .feed(input, example(input))
          .addTarget(training.sideEffects().orElseThrow())
          .run()
          .close();
      ModelExport.write(model, session, target);
    }
    Map<String, ByteBuffer> before = SavedValues.of(source);
    Map<String, ByteBuffer> after = SavedValues.of(target);
    assertThat(before.keySet())
        .allSatisfy(
            key ->
                assertThat(after.get(key).equals(before.get(key)))
                    .as(key)
                    .isEqualTo(!key.contains("/moving_")));
    assertThat(before.keySet()).anyMatch(key -> key.contains("/moving_"));
  }

  @Test
  void reportsSayWhatIsNotTrainedAndWhy() {
    try (LoadedModel model = open(model("export_frozen"))) {
      List<TrainableVariables.Excluded> excluded =
          TrainableVariables.find(
                  model.graph(), List.of(loss(model)), model.trainableFilter(), List.of())
              .excluded();
      assertThat(excluded)
          .filteredOn(one -> one.name().matches("base/.*|bn/moving_mean"))
          .extracting(one -> one.name() + ": " + one.reason())
          .containsExactlyInAnyOrder(
              "base/kernel: frozen in the model",
              "base/bias: frozen in the model",
              "bn/moving_mean: a moving statistic in the model");
    }
  }

  @Test
  void quantizedWeightsThatASignatureNeedsAreRejected() {
    assertThatThrownBy(() -> open(model("quantized")))
        .isInstanceOf(SavedModelException.class)
        .hasMessage(
            model("quantized")
                + ": expected variables that are not quantized, found 'dense/kernel' of type int8;"
                + " train the model as it was before quantization");
  }

  @Test
  void aModelWithANewHeadKeepsTheNames() {
    Path target = folder.resolve("headed");
    try (LoadedModel model = open(model("export_frozen"))) {
      Ops tf = Ops.create(model.graph());
      Operand<TFloat32> head =
          tf.withName("head").variable(tf.constant(new float[][] {{1, 0, 2}, {0, 1, 1}}));
      Map.Entry<String, Output<?>> output =
          model.signature().outputs().entrySet().iterator().next();
      Operand<TFloat32> scores = tf.linalg.matMul(Floats.of(output.getValue()), tf.identity(head));
      try (Session session = new Session(model.graph())) {
        session.initialize();
        model.restore(session);
        ModelExport.writeGraph(
            model,
            session,
            List.of(ExportedSignature.of(model.signature()).withOutput(output.getKey(), scores)),
            target,
            ModelExport.Existing.REJECT);
      }
    }
    Map<String, List<Double>> own = outputs(model("export_frozen"));
    List<Double> before = own.values().iterator().next();
    List<Double> after = outputs(target).values().iterator().next();
    for (int i = 0; i < BATCH; i++) {
      double first = before.get(2 * i);
      double second = before.get(2 * i + 1);
      assertThat(after.get(3 * i)).isCloseTo(first, within(SAME_OUTPUT));
      assertThat(after.get(3 * i + 1)).isCloseTo(second, within(SAME_OUTPUT));
      assertThat(after.get(3 * i + 2)).isCloseTo(2 * first + second, within(SAME_OUTPUT));
    }
    SavedModelFile written = SavedModelFile.read(target);
    assertThat(written.variables())
        .filteredOn(variable -> variable.kind() == VariableKind.TRAINABLE)
        .extracting(SavedVariable::name)
        .contains("top/kernel", "shared/bias", "head")
        .doesNotContain("base/kernel", "bn/gamma");
  }
}
