package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.MetricsListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
  private static final Set<String> TIMES = Set.of(MetricsListener.SECONDS, "images_per_second");

  @TempDir Path folder;
  private final Program program = new Program();

  @Test
  void aRunLeavesItsFilesAndSaysWhereTheyAre() throws IOException {
    Path run = folder.resolve("first");

    assertThat(train("--runs=" + folder, "--name=first", "--optimizer=sgdm")).isZero();

    RunRecord record = RunRecord.read(RunFolder.existing(run));
    assertThat(program.out())
        .contains("test accuracy  ")
        .contains("of 32 images")
        .contains(run.resolve("curves.png").toString())
        .contains(run.resolve("metrics.csv").toString())
        .contains(run.resolve("checkpoints/step-00000012").toString());
    assertThat(record.command()).isEqualTo("train");
    assertThat(record.options())
        .containsEntry("optimizer", "sgdm")
        .containsEntry("lr", "0.1")
        .containsEntry("eval-every", "3")
        .containsEntry("augment", "false");
    assertThat(record.seeds()).containsEntry("seed", 1L).containsEntry("generator-seed", 1L);
    assertThat(record.data().get("train_sha256")).hasSize(64);
    assertThat(record.result()).containsEntry("test_images", 32).containsEntry("steps", 12);
    assertThat(MetricsCsv.read(run.resolve("metrics.csv"))).hasSize(13);
    assertThat(run.resolve("curves.png")).isNotEmptyFile();
    assertThat(run.resolve("events")).isNotEmptyDirectory();
    assertThat(program.err()).contains("step 12/12 (100 %)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--optimizer=nkfac --stat-period=2 --inverse-period=3",
        "--optimizer=ekfac --fisher=sampled --stat-period=2 --inverse-period=3 --refresh=staggered"
            + " --skip-layers=dense0/*,linear/kernel --layer-damping=dense1/*=0.5"
      })
  void aResumedRunDoesWhatTheUninterruptedOneDoes(String given) throws IOException {
    String[] options = given.split(" ", -1);
    assertThat(train(with(options, "--runs=" + folder, "--name=whole"))).isZero();
    Path parted = interruptedAfter(6, options);

    assertThat(program.run("train", "--resume", parted.toString())).isZero();

    assertThat(metrics(parted)).isEqualTo(metrics(folder.resolve("whole")));
    assertThat(weights(parted, 12)).isEqualTo(weights(folder.resolve("whole"), 12));
    assertThat(RunRecord.read(new RunFolder(parted)).result()).containsKey("test_accuracy");

    assertThat(program.run("train", "--resume", parted.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains("is complete");
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws IOException {
    String[] options = {"--optimizer=sgdm"};
    assertThat(train(with(options, "--runs=" + folder, "--name=whole"))).isZero();
    Path parted = interruptedAfter(6, options);
    Path newest = parted.resolve("checkpoints/step-00000006");
    cut(newest.resolve("variables.data-00000-of-00001"));

    assertThat(program.run("train", "--resume", parted.toString())).isZero();

    assertThat(program.err()).contains("kfac: skipped: the checkpoint in " + newest);
    assertThat(metrics(parted)).isEqualTo(metrics(folder.resolve("whole")));
  }

  @Test
  void withoutAWholeCheckpointNothingIsResumed() throws IOException {
    Path parted = interruptedAfter(2, "--optimizer=sgdm");
    Path only = parted.resolve("checkpoints/step-00000002");
    cut(only.resolve("variables.data-00000-of-00001"));

    assertThat(program.run("train", "--resume", parted.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains(only.toString()).contains("start a new run");
  }

  @Test
  void aRunThatWasCutBeforeItsFirstCheckpointBeginsAgain() throws IOException {
    String[] options = {"--optimizer=nkfac", "--stat-period=2", "--diagnostics=1", "--seed=3"};
    assertThat(train(with(options, "--runs=" + folder, "--name=whole"))).isZero();
    Path parted = interruptedAfter(2, options);
    removeCheckpoint(parted.resolve("checkpoints/step-00000002"));

    assertThat(program.run("train", "--resume", parted.toString())).as(program.err()).isZero();

    assertThat(program.err().lines().toList().get(0))
        .isEqualTo(
            "kfac: the run %s has no checkpoint yet; it begins again, with its settings and seed"
                .formatted(parted));
    assertThat(metrics(parted)).isEqualTo(metrics(folder.resolve("whole")));
    assertThat(parted.resolve("diagnostics.csv"))
        .hasSameTextualContentAs(folder.resolve("whole/diagnostics.csv"));
    assertThat(weights(parted, 12)).isEqualTo(weights(folder.resolve("whole"), 12));
  }

  @Test
  void optionsThatContradictTheResumedRunAreRejected() throws IOException {
    Path parted = interruptedAfter(2, "--optimizer=sgdm");

    assertThat(program.run("train", "--resume", parted.toString(), "--lr=0.2")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--lr 0.2 where the run has 0.1");
    assertThat(program.run("train", "--resume", parted.toString(), "--name=x")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--runs and --name are for new runs");
    assertThat(program.run("train", "--resume", parted.toString(), "--generator-seed=2"))
        .isEqualTo(2);
    assertThat(program.onlyLine()).contains("--generator-seed 2 where the run has 1");
  }

  @Test
  void aCheckpointOfAnotherModelIsRejected() throws IOException {
    Path parted = interruptedAfter(2, "--optimizer=sgdm");
    Path record = parted.resolve("run.json");
    Files.writeString(record, Files.readString(record).replace("\"mlp\"", "\"resnet20\""));
    List<MetricsRow> before = MetricsCsv.read(parted.resolve("metrics.csv"));

    assertThat(program.run("train", "--resume", parted.toString())).isEqualTo(2);
    assertThat(program.errorLine())
        .contains("found model = resnet20 where the checkpoint")
        .contains("step-00000002 has mlp");
    assertThat(MetricsCsv.read(parted.resolve("metrics.csv"))).isEqualTo(before);

    assertThat(program.run("eval", parted.toString())).isEqualTo(2);
    assertThat(program.errorLine()).contains("step-00000002").contains("is of another model");
  }

  @Test
  void otherImagesThanThoseOfTheResumedRunAreRejected() throws IOException {
    Path parted = interruptedAfter(2, "--optimizer=sgdm");
    Path record = parted.resolve("run.json");
    String hash = RunRecord.read(new RunFolder(parted)).data().get("test_sha256");
    Files.writeString(record, Files.readString(record).replace(hash, "0".repeat(64)));

    assertThat(program.run("train", "--resume", parted.toString())).isEqualTo(2);
    assertThat(program.onlyLine()).contains("test_sha256").contains("give the same data");
  }

  @Test
  void aLossThatIsNotFiniteEndsTheRunWithOneLine() {
    int exitCode = train("--runs=" + folder, "--name=a", "--optimizer=sgdm", "--lr=1e30");

    assertThat(exitCode).isEqualTo(1);
    assertThat(program.errorLine()).contains("the loss of step").contains("good checkpoint");
    assertThat(program.out()).isEmpty();
  }

  @Test
  void theLastEvaluationUsesAllTestImages() throws IOException {
    assertThat(
            train(
                "--runs=" + folder,
                "--name=a",
                "--optimizer=adamw",
                "--eval-every=1",
                "--eval-images=8"))
        .isZero();

    assertThat(program.out()).contains("of 32 images");
    List<MetricsRow> rows = MetricsCsv.read(folder.resolve("a/metrics.csv"));
    double last = rows.get(rows.size() - 1).values().get(MetricsListener.TEST_ACCURACY);
    RunRecord record = RunRecord.read(new RunFolder(folder.resolve("a")));
    assertThat(record.result()).containsEntry("test_accuracy", last);
  }

  @Test
  void optionsComeFromAFileAndTheCommandLineWins() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.yaml"),
            "optimizer: adamw\nlr: 0.5\nweight-decay: 0.25\ndecay-kernels-only: true\n");

    assertThat(train("--config=" + file, "--runs=" + folder, "--name=a", "--lr=0.01", "--epochs=1"))
        .isZero();

    assertThat(RunRecord.read(new RunFolder(folder.resolve("a"))).options())
        .containsEntry("optimizer", "adamw")
        .containsEntry("lr", "0.01")
        .containsEntry("weight-decay", "0.25")
        .containsEntry("decay-kernels-only", "true");
  }

  private int train(String... more) {
    return program.runTiny("train", more);
  }

  private static String[] with(String[] options, String... more) {
    String[] all = new String[options.length + more.length];
    System.arraycopy(options, 0, all, 0, options.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return all;
  }

  /** A run of the tiny task that was asked to stop during a step. */
  private Path interruptedAfter(long step, String... options) throws IOException {
    return Program.interruptedAfter(step, folder.resolve("parted"), options);
  }

  private static List<MetricsRow> metrics(Path run) throws IOException {
    return MetricsCsv.read(run.resolve("metrics.csv")).stream()
        .map(
            row -> {
              Map<String, Double> values = new LinkedHashMap<>(row.values());
              values.keySet().removeAll(TIMES);
              return new MetricsRow(row.step(), values);
            })
        .toList();
  }

  private static byte[] weights(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%08d/variables.data-00000-of-00001".formatted(step)));
  }

  private static void removeCheckpoint(Path checkpoint) throws IOException {
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(checkpoint);
  }

  private static void cut(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }
}
