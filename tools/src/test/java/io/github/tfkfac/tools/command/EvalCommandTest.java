package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
  private static final int PUBLISHED_CORRECT = 9173;

  @TempDir Path folder;
  private final Program program = new Program();

  @Test
  void aRunAndItsLastCheckpointGiveTheAccuracyOfItsEnd() throws IOException {
    assertThat(program.runTiny("train", "--optimizer=sgdm", "--runs=" + folder, "--name=a"))
        .isZero();
    Path run = folder.resolve("a");
    Object accuracy = RunRecord.read(new RunFolder(run)).result().get("test_accuracy");

    JsonNode ofRun = evaluated(run.toString());
    JsonNode ofCheckpoint = evaluated(run.resolve("checkpoints/step-00000012").toString());
    JsonNode ofOlder = evaluated(run.resolve("checkpoints/step-00000004").toString());

    assertThat(ofRun.at("/accuracy").asDouble()).isEqualTo(accuracy);
    assertThat(ofRun.at("/images").asInt()).isEqualTo(32);
    assertThat(sum(ofRun, "images")).isEqualTo(32);
    assertThat(sum(ofRun, "correct")).isEqualTo(ofRun.at("/correct").asInt());
    assertThat(ofCheckpoint.at("/loss")).isEqualTo(ofRun.at("/loss"));
    assertThat(ofOlder.at("/loss")).isNotEqualTo(ofRun.at("/loss"));

    assertThat(program.run("eval", run.toString(), "--test-images=10", "--batch=3")).isZero();
    assertThat(program.out())
        .contains("of 10 images)")
        .contains("hourglass")
        .contains("most often taken for");
  }

  @Test
  void aDamagedCheckpointIsPassedOverOrNamed() throws IOException {
    assertThat(program.runTiny("train", "--optimizer=sgdm", "--runs=" + folder, "--name=a"))
        .isZero();
    Path run = folder.resolve("a");
    Path newest = run.resolve("checkpoints/step-00000012");
    Files.delete(newest.resolve("variables.index"));

    assertThat(program.run("eval", run.toString())).isZero();
    assertThat(program.onlyLine()).contains("skipped").contains(newest.toString());
    assertThat(program.out()).contains("step-00000008");
    assertThat(program.run("eval", newest.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains("lacks its file variables.index");
  }

  @Test
  void whatCannotBeEvaluatedIsOneLine() throws IOException {
    assertThat(program.run("eval")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("found neither");
    assertThat(program.run("eval", folder.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains("found no run.json in " + folder);
    assertThat(program.run("eval", folder.toString(), "--model=mlp")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--model is that of the run");
    Files.writeString(folder.resolve("run.json"), "{}");
    assertThat(program.run("eval", folder.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains("not the record of a run");
    Path none = folder.resolve("none.npz");
    assertThat(program.run("eval", "--weights=" + none, "--dataset=generated")).isNotZero();
    assertThat(program.onlyLine()).contains(none.toString());
  }

  @Tag("data")
  @Test
  void publishedWeightsGiveTheirPublishedAccuracy() throws IOException {
    Path data = Path.of(System.getenv("KFAC_DATA"));

    JsonNode result =
        evaluated(
            "--weights=" + data.resolve("weights/resnet20.npz"),
            "--model=resnet20",
            "--dataset=cifar10",
            "--data=" + data.resolve("cifar-10-batches-bin"));

    assertThat(result.at("/correct").asInt()).isEqualTo(PUBLISHED_CORRECT);
    assertThat(result.at("/images").asInt()).isEqualTo(10_000);
  }

  private JsonNode evaluated(String... arguments) throws IOException {
    String[] all = new String[arguments.length + 2];
    all[0] = "eval";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--json";
    assertThat(program.run(all)).as(program.err()).isZero();
    return new ObjectMapper().readTree(program.out());
  }

  private static int sum(JsonNode result, String name) {
    int sum = 0;
    for (JsonNode ofClass : result.at("/classes")) {
      sum += ofClass.get(name).asInt();
    }
    return sum;
  }
}
