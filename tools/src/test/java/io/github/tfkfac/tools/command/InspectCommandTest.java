package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tfkfac.tools.CommandRun;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectCommandTest {
  private static final String[] TINY = {
    "inspect", "--model=mlp", "--image=4x4x1", "--classes=3", "--batch=8"
  };

  @Test
  void theTextHasVariablesLayersPartsAndMemory() {
    CommandRun run = CommandRun.of(TINY);

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("mlp on 4x4x1, 3 outputs, batch 8, nkfac 20/200\n")
        .containsPattern("(?m)^dense0/\\S+ +16x512 +captured ")
        .containsPattern("(?m)^linear/\\S+ +dense +257 +3 +1 +8 ")
        .containsPattern("(?m)^total ")
        .containsPattern("(?m)^preconditioning .* 1 ")
        .containsPattern("(?m)^statistics .* 20 ")
        .containsPattern("(?m)^refresh .* 200 ")
        .containsPattern("(?m)^exact refresh .* rare")
        .doesNotContain("kfac/")
        .contains("Memory kept between steps: averages ");
  }

  @Test
  void theJsonHasTheSameFacts() throws Exception {
    JsonNode facts =
        CommandRun.of(
                "inspect --json --model=mlp --image=4x4x1 --stat-period=5 --newton-iterations=2"
                    .split(" "))
            .json();

    assertThat(facts.at("/statisticsPeriod").asInt()).isEqualTo(5);
    assertThat(facts.at("/batch").asInt()).isEqualTo(128);
    assertThat(facts.at("/variables/0/shape/1").asInt()).isEqualTo(512);
    assertThat(facts.at("/variables/0/outcome").asText()).isEqualTo("CAPTURED");
    JsonNode layer = facts.at("/layers/0");
    assertThat(layer.at("/size/inputSize").asInt()).isEqualTo(17);
    assertThat(layer.at("/cost/iterativeRefresh").asDouble())
        .isEqualTo(2 * 4 * (Math.pow(17, 3) + Math.pow(512, 3)));
    assertThat(facts.at("/overhead/total").asDouble()).isPositive();
    assertThat(facts.at("/memory/total").asLong())
        .isEqualTo(
            2 * facts.at("/memory/averages").asLong() + facts.at("/memory/updateRule").asLong());
  }

  @Test
  void whatIsKeptDependsOnOptimizerAndLargestFactor() throws Exception {
    JsonNode limited =
        CommandRun.of(
                "inspect --json --model=mlp --image=4x4x1 --optimizer=skfac --max-factor=100"
                    .split(" "))
            .json();
    assertThat(limited.at("/optimizer").asText()).isEqualTo("skfac 100");
    assertThat(limited.at("/layers/0/input/structure").asText()).isEqualTo("full");
    assertThat(limited.at("/layers/0/output/structure").asText()).isEqualTo("blocks 6x100");
    assertThat(limited.at("/layers/0/output/averageBytes").asLong()).isZero();
    assertThat(limited.at("/layers/0/output/derivedBytes").asLong()).isEqualTo(6 * 100 * 100 * 4);

    CommandRun eigen =
        CommandRun.of("inspect", "--model=mlp", "--image=4x4x1", "--optimizer=ekfac");
    assertThat(eigen.out())
        .contains("diagonals in the eigenvectors' bases ")
        .doesNotContain("exact refresh");
  }

  @Test
  void onlySecondOrderOptimizersWithTheirOwnOptionsAreInspected() {
    CommandRun first = CommandRun.of("inspect", "--optimizer=sgdm");
    assertThat(first.exitCode()).isEqualTo(2);
    assertThat(first.err()).hasLineCount(1).contains("second-order optimizer", "found sgdm");

    CommandRun option = CommandRun.of("inspect", "--optimizer=kfac", "--step-rule=line-search");
    assertThat(option.exitCode()).isEqualTo(2);
    assertThat(option.err()).hasLineCount(1).contains("the optimizer kfac has no --step-rule");

    CommandRun pattern =
        CommandRun.of("inspect", "--model=mlp", "--image=4x4x1", "--skip-layers=fcc*");
    assertThat(pattern.exitCode()).isEqualTo(2);
    assertThat(pattern.err()).hasLineCount(1).contains("'fcc*'", "dense0/kernel");
  }

  @Test
  void unknownModelsAndUnreadableSizesAreBadInput() {
    CommandRun model = CommandRun.of("inspect", "--model=resnet21");
    assertThat(model.exitCode()).isEqualTo(2);
    assertThat(model.err()).hasLineCount(1).contains("resnet21", "did you mean 'resnet20'?");

    CommandRun image = CommandRun.of("inspect", "--image=32x32");
    assertThat(image.exitCode()).isEqualTo(2);
    assertThat(image.err()).hasLineCount(1).contains("--image", "32x32x3", "found '32x32'");
  }

  @Test
  void aSavedModelIsInspected(@TempDir Path folder) throws Exception {
    Path model = TinySavedModel.write(folder.resolve("tiny"), 3);

    CommandRun run = CommandRun.of("inspect", model.toString(), "--batch=8");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("tiny (serving_default) on x Nx8x8x3, 3 outputs, batch 8, nkfac 20/200\n")
        .containsPattern("(?m)^conv/kernel +3x3x3x4 +captured ")
        .containsPattern("(?m)^classes/kernel +dense +65 +3 +1 +8 ")
        .contains("Memory kept between steps: averages ");
    JsonNode facts = CommandRun.of("inspect", model.toString(), "--json").json();
    assertThat(facts.at("/model").asText()).isEqualTo("tiny (serving_default)");
    assertThat(facts.at("/layers")).hasSize(2);
  }

  @Test
  void whatCannotBeInspectedOfASavedModelIsOneLine(@TempDir Path folder) {
    Path model = TinySavedModel.write(folder.resolve("tiny"), 3);
    assertRejected("expected no --model for a SavedModel", model.toString(), "--model=mlp");
    assertRejected("expected no --signature for a network by name", "--signature=a");
    assertRejected(
        "expected signature 'a', found the signatures", model.toString(), "--signature=a");
    assertRejected("expected tensor 'a' in the graph", model.toString(), "--logits=a");
    assertRejected("expected a batch size > 0, found 0", model.toString(), "--batch=0");
    Path none = TinySavedModel.writeDouble(folder.resolve("double"));
    assertRejected("expected variables that the loss can train, found none", none.toString());
  }

  private static void assertRejected(String said, String... arguments) {
    CommandRun run =
        CommandRun.of(
            Stream.concat(Stream.of("inspect"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains(said);
  }

  @Tag("data")
  @ParameterizedTest
  @CsvSource({
    "cifar10_resnet32_tf1.8, serving_default, 35",
    "cifar10_cnn_keras_tf2.12, serving_default, 5",
    "mnist_cnn_keras_tf2.2, serving_default, 4",
    "mnist_dense_train_signatures_tf2.15, infer, 2",
    "half_plus_two_tf1.14, serving_default, 0",
    "half_plus_two_tf2.14, serving_default, 0"
  })
  void realModelsAreInspected(String name, String signature, int layers) throws Exception {
    Path model = Path.of(Objects.requireNonNull(System.getenv("KFAC_DATA")), "saved_models", name);
    CommandRun run =
        CommandRun.of("inspect", model.toString(), "--json", "--signature=" + signature);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.json().at("/layers")).hasSize(layers);
    assertThat(run.json().at("/variables")).isNotEmpty();
  }
}
