package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.MetaGraphDef.MetaInfoDef;
import org.tensorflow.proto.SavedModel;

class FinetuneErrorsTest {

  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

  @TempDir Path folder;
  private final Program program = new Program();
  private Path model;

  @BeforeEach
  void writeModel() {
    model = TinySavedModel.write(folder.resolve("tiny"), 10);
  }

  private void assertRejected(Path source, List<String> options, String... said) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("finetune", source.toString()));
    arguments.addAll(List.of("--train-images=64", "--test-images=32", "--batch=16"));
    arguments.add("--runs=" + folder.resolve("runs"));
    if (options.stream().noneMatch(option -> option.startsWith("--export"))) {
      arguments.add("--export=" + folder.resolve("trained"));
    }
    if (options.stream().noneMatch(option -> option.startsWith("--image-size"))) {
      arguments.add("--image-size=8");
    }
    arguments.addAll(options);

    assertThat(program.run(arguments.toArray(String[]::new))).as(program.err()).isEqualTo(2);

    assertThat(program.onlyLine()).contains(said);
    assertThat(program.out()).isEmpty();
    assertThat(folder.resolve("runs")).doesNotExist();
    assertThat(folder.resolve("trained")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--signature=predict    | expected signature 'predict', found the signatures"
            + " [serving_default]; choose one of these",
        "--logits=logits:0      | expected tensor 'logits:0' in the graph of the signatures"
            + " [serving_default], found no such operation; name it as operation:index",
        "--loss-signature=train | expected signature 'train', found the signatures",
        "--freeze=*             | expected variables that the loss can train, found none",
        "--freeze=block*        | expected a trainable variable that matches 'block*', found the"
            + " variables [",
        "--head=1               | expected at least 2 classes for a new head, found 1",
        "--head=5               | expected the 5 classes of",
        "--head=5               | found 10 in generated shapes (seed 1); give the model a new head"
            + " of 10 classes",
        "--mode=training        | found none: the model was saved in one mode",
        "--mode=trainig         | unknown mode 'trainig'; did you mean 'training'?",
        "--scaling=units        | unknown scaling 'units'; did you mean 'unit'?",
        "--image-size=16        | found 16x16x3"
      })
  void badOptionsAreOneLine(String option, String said) {
    assertRejected(model, List.of(option), said);
  }

  @Test
  void aFolderWithoutAModelIsRejected() throws IOException {
    Path none = folder.resolve("none");
    assertRejected(none, List.of(), none + ": expected a SavedModel's folder", "no such folder");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertRejected(empty, List.of(), empty + ": expected a SavedModel's folder", "found none");
  }

  @Test
  void aModelWithoutSignaturesIsSaidToHaveNone() throws IOException {
    Path none = Files.createDirectory(folder.resolve("none"));
    MetaInfoDef tags = MetaInfoDef.newBuilder().addTags("serve").build();
    MetaGraphDef graph = MetaGraphDef.newBuilder().setMetaInfoDef(tags).build();
    Files.write(
        none.resolve("saved_model.pb"),
        SavedModel.newBuilder().addMetaGraphs(graph).build().toByteArray());
    assertRejected(
        none,
        List.of(),
        "expected signature 'serving_default', found no signature at all; export the model with one");
  }

  @Test
  void aMissingPartOfTheVariablesIsNamed() throws IOException {
    Path part = model.resolve("variables/variables.data-00000-of-00001");
    Files.delete(part);
    assertRejected(model, List.of(), part + ": expected part 1 of 1", "copy the whole model");
  }

  @Test
  void aPartOfTheVariablesThatIsCutOffLeavesNothingBehind() throws IOException {
    Files.write(model.resolve("variables/variables.data-00000-of-00001"), new byte[3]);
    List<String> arguments =
        List.of("finetune", model.toString(), "--image-size=8", "--runs=" + folder.resolve("runs"));

    assertThat(program.run(arguments.toArray(String[]::new))).isEqualTo(2);

    assertThat(program.errorLine()).contains("what TensorFlow cannot read");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void controlFlowOnTheWayToTheOutputIsNamed() throws IOException {
    assertRejected(
        TinySavedModel.withLoop(model), List.of(), "signature 'serving_default'", "'repeat'");
  }

  @Test
  void aModelWhoseOutputDependsOnNoVariableIsRejected() {
    Path constant = TinySavedModel.writeDouble(folder.resolve("double"));
    assertRejected(
        constant,
        List.of("--logits=slices"),
        "expected variables that the loss can train, found none; the graph");
  }

  @Test
  void labelsOutOfRangeAreNamed() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    byte[] image = new byte[CIFAR_RECORD];
    image[0] = 10;
    Files.write(data.resolve("data_batch_1.bin"), image);
    Files.write(data.resolve("test_batch.bin"), new byte[CIFAR_RECORD]);
    assertRejected(
        model,
        List.of("--dataset=cifar10", "--data=" + data),
        "expected labels 0 to 9, found label 10 in record 0");
  }

  @Test
  void anExportThatIsThereIsRejectedBeforeTraining() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    assertRejected(
        model,
        List.of("--export=" + there),
        "expected a new folder for the trained model, found " + there);
    try (Stream<Path> files = Files.list(there)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aModelOrARunIsNeeded() {
    assertThat(program.run("finetune")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--resume", "found neither");
    assertThat(program.run("finetune", model.toString(), "--resume=" + folder)).isEqualTo(2);
    assertThat(program.onlyLine()).contains("found both");
  }
}
