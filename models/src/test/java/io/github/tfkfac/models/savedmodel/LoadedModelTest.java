package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LoadedModelTest {

  @TempDir Path folder;
  private Path source;

  @BeforeEach
  void writeModel() throws IOException {
    source = folder.resolve("tiny");
    TinyModel.write(source);
  }

  private static float[][] scores(LoadedModel model, Session session) {
    float[][] features = {{1, 0, 0}, {1, 1, 1}};
    try (TFloat32 x = TFloat32.tensorOf(StdArrays.ndCopyOf(features));
        Result result =
            session.runner().feed(model.input("features"), x).fetch(model.output("scores")).run()) {
      TFloat32 found = (TFloat32) result.get(0);
      float[][] scores = new float[(int) found.shape().get(0)][(int) found.shape().get(1)];
      StdArrays.copyFrom(found, scores);
      return scores;
    }
  }

  private void withModel(Path path, Consumer<LoadedModel> action) {
    try (LoadedModel model = LoadedModel.open(path, SavedModelFile.DEFAULT_SIGNATURE)) {
      action.accept(model);
    }
  }

  @Test
  void aModelOfTensorFlowJavaIsLoadedAndWrittenBack() {
    Path target = folder.resolve("copy");
    withModel(
        source,
        model -> {
          try (Session session = new Session(model.graph())) {
            model.restore(session);
            assertThat(scores(model, session))
                .isDeepEqualTo(new float[][] {{1.5f, 1.5f}, {9.5f, 11.5f}});
            ModelExport.write(model, session, target);
          }
        });
    assertThat(SavedValues.of(target)).isEqualTo(SavedValues.of(source));
  }

  @Test
  void aVariableThatWasChangedIsWrittenAsItIsInTheSession() {
    Path target = folder.resolve("changed");
    withModel(
        source,
        model -> {
          Ops tf = Ops.create(model.graph());
          try (Session session = new Session(model.graph())) {
            model.restore(session);
            session.run(
                tf.assign(
                    Floats.of(model.tensor("layer_bias:0")), tf.constant(new float[] {1, 2})));
            ModelExport.write(model, session, target);
          }
        });
    withModel(
        target,
        model -> {
          try (Session session = new Session(model.graph())) {
            model.restore(session);
            assertThat(scores(model, session)[0]).containsExactly(2, 4);
          }
        });
    assertThat(SavedValues.of(target).get("layer_weight"))
        .isEqualTo(SavedValues.of(source).get("layer_weight"));
  }

  @Test
  void whatIsNoSavedModelIsNamed() {
    assertThatThrownBy(() -> SavedModelFile.read(folder))
        .isInstanceOf(SavedModelException.class)
        .hasMessage(
            folder
                + ": expected a SavedModel's folder with saved_model.pb, found none; name the folder that has that file");
    assertThatThrownBy(() -> SavedModelFile.read(folder.resolve("absent")))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("no such folder");
  }

  @Test
  void aDamagedDescriptionIsRejected() throws IOException {
    Files.writeString(source.resolve("saved_model.pb"), "not a model");
    assertThatThrownBy(() -> SavedModelFile.read(source))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("expected a SavedModel, found damage");
  }

  @Test
  void unknownTagsAndSignaturesAreAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> SavedModelFile.read(source, Set.of("train")))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("[train]")
        .hasMessageContaining("[serve]");
    assertThatThrownBy(() -> LoadedModel.open(source, "classify"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("'classify'")
        .hasMessageContaining("[serving_default]");
  }

  @Test
  void unknownTensorsAreNamed() {
    withModel(
        source,
        model -> {
          assertThatThrownBy(() -> model.input("image"))
              .isInstanceOf(SavedModelException.class)
              .hasMessageContaining("input 'image'")
              .hasMessageContaining("[features]");
          assertThatThrownBy(() -> model.output("label"))
              .isInstanceOf(SavedModelException.class)
              .hasMessageContaining("[scores]");
          for (String tensor : List.of("absent", "y:3", "y:z")) {
            assertThatThrownBy(() -> model.tensor(tensor))
                .isInstanceOf(SavedModelException.class)
                .hasMessageContaining("'" + tensor + "'");
          }
        });
  }

  @Test
  void aMissingPartOfTheVariablesIsNamed() throws IOException {
    Path shard = source.resolve("variables/variables.data-00000-of-00001");
    Files.delete(shard);
    assertThatThrownBy(() -> SavedModelFile.read(source))
        .isInstanceOf(SavedModelException.class)
        .hasMessage(
            shard
                + ": expected part 1 of 1 of the model's variables, found no such file; copy the whole model");
    Files.delete(source.resolve("variables/variables.index"));
    assertThatThrownBy(() -> SavedModelFile.read(source))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("variables.index");
  }

  @Test
  void damagedVariablesAreRejected() throws IOException {
    Files.write(source.resolve("variables/variables.data-00000-of-00001"), new byte[3]);
    withModel(
        source,
        model -> {
          try (Session session = new Session(model.graph())) {
            assertThatThrownBy(() -> model.restore(session))
                .isInstanceOf(SavedModelException.class)
                .hasMessageContaining("the values of 2 variables")
                .message()
                .doesNotContain("\n");
          }
        });
    Files.write(source.resolve("variables/variables.index"), new byte[100]);
    assertThatThrownBy(() -> SavedModelFile.read(source))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("expected the index of a checkpoint, found damage");
  }

  @Test
  void aLoopOnTheWayToAnOutputIsRejected() throws IOException {
    TinyModel.addLoop(source);
    assertThatThrownBy(() -> LoadedModel.open(source, "serving_default"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("signature 'serving_default'")
        .hasMessageContaining("StatelessWhile 'repeat'");
  }

  @Test
  void whatIsInTheWayOfAnExportIsLeftAlone() throws IOException {
    withModel(
        source,
        model -> {
          try (Session session = new Session(model.graph())) {
            model.restore(session);
            assertThatThrownBy(() -> ModelExport.write(model, session, source))
                .isInstanceOf(SavedModelException.class)
                .hasMessageContaining(source.toString())
                .hasMessageContaining("let it be replaced");
            Path other = folder.resolve("other");
            write(other, "thesis.txt");
            assertThatThrownBy(
                    () -> ModelExport.write(model, session, other, ModelExport.Existing.REPLACE))
                .isInstanceOf(SavedModelException.class)
                .hasMessageContaining("without saved_model.pb");
            assertThat(other.resolve("thesis.txt")).exists();
          }
        });
  }

  private static void write(Path directory, String file) {
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve(file), "text");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aModelMayReplaceTheOneItWasLoadedFrom() throws IOException {
    Map<String, ByteBuffer> before = SavedValues.of(source);
    withModel(
        source,
        model -> {
          try (Session session = new Session(model.graph())) {
            model.restore(session);
            ModelExport.write(model, session, source, ModelExport.Existing.REPLACE);
          }
        });
    assertThat(SavedValues.of(source)).isEqualTo(before);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(source);
    }
  }

  @Test
  void anExportThatFailsLeavesNothing() throws IOException {
    Path target = folder.resolve("target");
    withModel(
        source,
        model -> {
          try (Session session = new Session(model.graph())) {
            // The variables have no values, so TensorFlow cannot save them.
            assertThatThrownBy(() -> ModelExport.write(model, session, target))
                .isInstanceOf(SavedModelException.class)
                .message()
                .doesNotContain("\n");
          }
        });
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(source);
    }
  }

  @Test
  void aNewHeadIsWrittenWithItsGraph() {
    Path target = folder.resolve("headed");
    withModel(
        source,
        model -> {
          Ops tf = Ops.create(model.graph());
          Operand<TFloat32> hidden = Floats.of(model.output("scores"));
          Operand<TFloat32> head =
              tf.withName("head_weight")
                  .variable(tf.constant(new float[][] {{1, 0, 2}, {0, 1, 1}}));
          Operand<TFloat32> scores = tf.linalg.matMul(hidden, tf.identity(head));
          ExportedSignature signature =
              ExportedSignature.of(model.signature()).withOutput("scores", scores);
          try (Session session = new Session(model.graph())) {
            session.initialize();
            model.restore(session);
            ModelExport.writeGraph(
                model, session, List.of(signature), target, ModelExport.Existing.REJECT);
          }
        });
    withModel(
        target,
        model -> {
          assertThat(
                  model
                      .file()
                      .signature("serving_default")
                      .outputs()
                      .get("scores")
                      .shape()
                      .asArray())
              .containsExactly(-1, 3);
          assertThat(model.variables())
              .allMatch(variable -> variable.kind() == VariableKind.TRAINABLE)
              .extracting(SavedVariable::name)
              .containsExactlyInAnyOrder("layer_weight", "layer_bias", "head_weight");
          try (Session session = new Session(model.graph())) {
            model.restore(session);
            assertThat(scores(model, session)[0]).containsExactly(1.5f, 1.5f, 4.5f);
          }
          assertThat(model.file().model().getGraphDef().getNodeList())
              .as("entries in order, so that equal models are equal files")
              .allSatisfy(node -> assertThat(List.copyOf(node.getAttrMap().keySet())).isSorted());
        });
  }
}
