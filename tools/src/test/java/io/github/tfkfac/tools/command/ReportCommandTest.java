package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.Quantities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run with diagnostics, of which each test damages a copy. */
class ReportCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern CELLS = Pattern.compile("<td>--([a-z-]+)</td><td>([^<]*)</td>");

  @TempDir static Path folder;
  private static final Program TRAINED = new Program();
  private final Program program = new Program();
  private Path run = Path.of("");

  @BeforeAll
  static void train() {
    int exitCode =
        TRAINED.runTiny(
            "train",
            "--runs=" + folder,
            "--name=whole",
            "--lr=0.02",
            "--stat-period=2",
            "--inverse-period=3",
            "--eval-every=1",
            "--diagnostics=4");
    assertThat(exitCode).as(TRAINED.err()).isZero();
  }

  @BeforeEach
  void copy() throws IOException {
    run = Files.createTempDirectory(folder, "copy").resolve("run");
    Path from = folder.resolve("whole");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
        Files.copy(file, run.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void aCompleteRunHasAllPartsInOnePage() throws IOException {
    RunRecord record = RunRecord.read(new RunFolder(run));

    String page = page();

    assertThat(program.out()).isEqualTo("report  " + run.resolve("report.html") + "\n");
    assertThat(page)
        .contains("<h1>mlp trained with nkfac 2/3</h1>", "complete after 12 steps in 0:0")
        .contains(
            "<td>test accuracy</td><td>"
                + Quantities.accuracy((Double) record.result().get("test_accuracy")))
        .contains("<h2>Optimizer</h2>", "<h2>Data</h2>", record.data().get("train_sha256"))
        .contains("Layers after step 12", "<td>dense0/kernel</td>", "<td>forward backward</td>")
        .contains("<td>TensorFlow</td><td>" + record.environment().tensorFlow())
        .contains("--name=whole-again", "./kfac report ")
        .doesNotContain("--resume")
        .doesNotContain("http", "<script", "<link");
    assertThat(page.split("data:image/png;base64,", -1)).hasSize(3);
  }

  @Test
  void settingsThatDifferFromTheirDefaultsComeFirst() throws IOException {
    String page = page();
    int folded = page.indexOf("<details><summary>All settings");
    String shown = page.substring(page.indexOf("<h2>Settings</h2>"), page.indexOf("<h2>Optimizer"));

    assertThat(names(shown))
        .containsExactlyInAnyOrder(
            "model",
            "image-size",
            "train-images",
            "test-images",
            "batch",
            "epochs",
            "threads",
            "lr",
            "stat-period",
            "inverse-period",
            "eval-every",
            "diagnostics");
    assertThat(names(page.substring(folded)))
        .containsExactlyInAnyOrderElementsOf(RunRecord.read(new RunFolder(run)).options().keySet());
  }

  private static Stream<String> names(String html) {
    return CELLS.matcher(html).results().map(found -> found.group(1));
  }

  @Test
  void theCommandsOfThePageAreUnderstood() throws IOException {
    Matcher command = Pattern.compile("<pre>\\./kfac (train [^<]*)</pre>").matcher(page());
    assertThat(command.find()).isTrue();
    String[] words = command.group(1).split(" ", -1);

    assertThat(program.run(words)).as(program.err()).isZero();

    assertThat(RunRecord.read(new RunFolder(folder.resolve("whole-again"))).options())
        .isEqualTo(RunRecord.read(new RunFolder(run)).options());
  }

  @Test
  void aRunThatIsNotCompleteHasWhatThereIsAndHowToGoOn() throws IOException {
    change(record -> record.putObject("result"));
    String lines = Files.readString(run.resolve("metrics.csv"));
    Files.writeString(run.resolve("metrics.csv"), lines.substring(0, lines.indexOf("\n8,") + 4));

    assertThat(page())
        .contains("not complete, 7 steps recorded", "<h2>So far</h2>", "<td>epoch</td><td>1")
        .contains("./kfac train --resume " + run);

    Files.delete(run.resolve("metrics.csv"));
    Files.delete(run.resolve("diagnostics.csv"));
    assertThat(page())
        .contains("no step is recorded yet", "./kfac train --resume " + run)
        .doesNotContain("<h2>Curves</h2>", "base64");
  }

  @Test
  void aRunThatDivergedSaysSo() throws IOException {
    change(record -> record.putObject("result").put("diverged", "the loss is NaN"));
    assertThat(page()).contains("ended as diverged: the loss is NaN");
  }

  @Test
  void thePageGoesWhereItIsAskedFor() {
    Path other = run.resolveSibling("page.html");
    assertThat(program.run("report", run.toString(), "--out=" + other)).isZero();
    assertThat(other).content().contains("</html>");
    assertThat(run.resolve("report.html")).doesNotExist();
  }

  @Test
  void whatIsNoRunIsOneLine() throws IOException {
    assertRejected(run.resolve("events"), "found no run.json in " + run.resolve("events"));
    change(record -> record.put("command", "experiment stepsize"));
    assertRejected(run, "expected the folder of one run, found that of 'kfac experiment stepsize'");
    change(record -> record.put("command", "train").remove("environment"));
    assertRejected(run, "run.json: not the record of a run");
    Files.writeString(run.resolve("run.json"), "{\"command\": ");
    assertRejected(run, "run.json: not the record of a run");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path metrics = run.resolve("metrics.csv");
    String lines = Files.readString(metrics);
    Files.writeString(metrics, lines.replace("\n3,", "\nx,"));
    assertRejected(run, metrics + ":4: expected numbers");
    Files.writeString(metrics, lines);
    Path diagnostics = run.resolve("diagnostics.csv");
    Files.writeString(diagnostics, "step,layer,cosine\n4,a\n");
    assertRejected(run, diagnostics + ":2: expected a step, a layer and numbers");
    Files.delete(diagnostics);
    change(record -> ((ObjectNode) record.get("options")).put("lr", "fast"));
    assertRejected(run, run.resolve("run.json") + ": ");
  }

  private void assertRejected(Path path, String message) {
    assertThat(program.run("report", path.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains(message);
    assertThat(path.resolve("report.html")).doesNotExist();
  }

  private String page() throws IOException {
    assertThat(program.run("report", run.toString())).as(program.err()).isZero();
    return Files.readString(run.resolve("report.html"));
  }

  private void change(Consumer<ObjectNode> change) throws IOException {
    Path file = run.resolve("run.json");
    ObjectNode record = (ObjectNode) JSON.readTree(file.toFile());
    change.accept(record);
    JSON.writeValue(file.toFile(), record);
  }
}
