package io.github.tfkfac.tools.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.Main;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers as threads of this process, each with a command line of its own. */
class WorkersTrainTest {

  private static final List<String> TINY =
      List.of(
          "train",
          "--model=mlp",
          "--image-size=8",
          "--train-images=64",
          "--test-images=32",
          "--epochs=3",
          "--eval-every=1",
          "--threads=1",
          "--start-timeout=60",
          "--step-timeout=60");

  /** Sums of float32 in another order, over a dozen steps. */
  private static final double ROUNDING = 1e-4;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"nkfac", "ekfac", "adamw"})
  void twoWorkersDoWhatOneProcessDoesWithTheWholeBatch(String optimizer) throws IOException {
    String name = "--optimizer=" + optimizer;
    assertThat(CommandRun.of(arguments("one", name, "--batch=16")).exitCode()).isZero();
    List<CommandRun> workers = together("two", List.of(name, "--batch=16"), List.of());

    assertThat(workers).as(workers.toString()).allMatch(run -> run.exitCode() == 0);
    assertThat(workers.get(1).out()).isEmpty();
    List<MetricsRow> one = rows("one");
    List<MetricsRow> two = rows("two");
    assertThat(two).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(two.get(i).step()).isEqualTo(one.get(i).step());
      for (String number : List.of("loss", "accuracy", "test_loss", "test_accuracy")) {
        Double expected = one.get(i).values().get(number);
        Double found = two.get(i).values().get(number);
        assertThat(found == null).isEqualTo(expected == null);
        if (expected != null && found != null) {
          assertThat(found).as("%s of row %d", number, i).isCloseTo(expected, within(ROUNDING));
        }
      }
    }
    assertThat(one).anyMatch(row -> row.values().containsKey("test_loss"));
  }

  @Test
  void normalizationStatisticsAreThoseOfAllParts() throws IOException {
    // Fails where the workers' weights or moving averages differ by a bit at a checkpoint.
    List<CommandRun> workers =
        together("norms", List.of("--model=resnet8", "--batch=16", "--epochs=2"), List.of());

    assertThat(workers).as(workers.toString()).allMatch(run -> run.exitCode() == 0);
    assertThat(folder.resolve("norms/checkpoints/step-00000008")).isDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--seed=2", "--eval-every=3", "--optimizer=sgdm", "--generator-seed=9"})
  void whatDiffersEndsBothBeforeTheFirstStep(String other) {
    List<CommandRun> workers = together("differ", List.of("--batch=16"), List.of(other));

    for (CommandRun run : workers) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(errors(run)).hasSize(1);
      assertThat(errors(run).get(0))
          .contains(
              other.startsWith("--generator")
                  ? "expected the same data on all workers"
                  : "expected the same settings on all workers")
          .contains("found others on worker 1 of 2 (127.0.0.1:");
    }
    assertThat(folder.resolve("differ")).as("blocks the next start").doesNotExist();
  }

  @Test
  void anotherVersionEndsBothBeforeTheFirstStep() throws IOException, InterruptedException {
    Path classes = folder.resolve("classes");
    Path stated =
        Files.createDirectories(classes.resolve("META-INF/maven/io.github.tfkfac/tf-kfac-tools"));
    Files.writeString(stated.resolve("pom.properties"), "version=0.0.1\n");
    String addresses = "--workers=" + String.join(",", addresses(2));
    Path said = folder.resolve("said");
    List<String> other = new ArrayList<>();
    other.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    other.addAll(List.of("-Xmx512m", "-cp"));
    other.add(classes + File.pathSeparator + System.getProperty("java.class.path"));
    other.add(Main.class.getName());
    other.addAll(List.of(arguments("versions", "--batch=16", addresses, "--worker=1")));
    Process second =
        new ProcessBuilder(other).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      CommandRun first =
          CommandRun.of(arguments("versions", "--batch=16", addresses, "--worker=0"));
      assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
      for (CommandRun run :
          List.of(first, new CommandRun(second.exitValue(), "", Files.readString(said)))) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(errors(run))
            .singleElement()
            .asString()
            .startsWith(
                "kfac: error: expected the same program and TensorFlow version on all workers, found others on worker 1 of 2 (127.0.0.1:");
      }
    } finally {
      second.destroyForcibly();
    }
    assertThat(folder.resolve("versions")).doesNotExist();
  }

  @Test
  void batchesThatCannotBeDividedAreRejected() {
    List<CommandRun> workers = together("odd", List.of("--batch=15"), List.of());

    for (CommandRun run : workers) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(errors(run))
          .containsExactly(
              "kfac: error: expected batches that 2 workers can divide into equal parts, found batches of 15 images; choose a multiple of 2 (--batch)");
    }
  }

  @Test
  void aWorkerThatNeverStartsIsNamed() {
    CommandRun run =
        CommandRun.of(
            arguments(
                "waits",
                "--start-timeout=1",
                "--workers=" + String.join(",", addresses(2)),
                "--worker=0"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(errors(run)).hasSize(1);
    assertThat(errors(run).get(0))
        .contains("expected all workers within 1 s, found no answer of worker 1 of 2 (127.0.0.1:");
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      CommandRun run =
          CommandRun.of(
              arguments(
                  "taken",
                  "--workers=127.0.0.1:%d,%s".formatted(taken.getLocalPort(), addresses(1).get(0)),
                  "--worker=0"));

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(errors(run)).hasSize(1);
      assertThat(errors(run).get(0)).contains("expected port " + taken.getLocalPort());
    }
  }

  @Test
  void dividedStateIsSavedResumedAndEvaluated() throws IOException {
    List<String> options =
        List.of("--batch=16", "--optimizer=nkfac", "--stat-period=2", "--inverse-period=3");
    assertThat(together("whole", options, List.of())).allMatch(run -> run.exitCode() == 0);
    List<String> divided = new ArrayList<>(options);
    divided.add("--worker-layout=memory");
    List<CommandRun> workers = together("divided", divided, List.of());
    assertThat(workers).as(workers.toString()).allMatch(run -> run.exitCode() == 0);
    RunFolder run = new RunFolder(folder.resolve("divided"));
    RunRecord record = RunRecord.read(run);
    assertThat(record.options())
        .containsEntry("worker-layout", "memory")
        .containsEntry("worker-count", "2");
    assertThat((double) record.result().get("test_loss"))
        .isCloseTo(
            (double)
                RunRecord.read(new RunFolder(folder.resolve("whole"))).result().get("test_loss"),
            within(ROUNDING));
    CommandRun evaluated = CommandRun.of("eval", run.path().toString(), "--json");
    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    assertThat(evaluated.json().at("/loss").asDouble())
        .isCloseTo((double) record.result().get("test_loss"), within(ROUNDING));

    // The chief was cut before its last checkpoint, which the other has.
    record.withResult(Map.of()).write(run);
    List<Path> last =
        Stream.of("checkpoints", "checkpoints-worker-1")
            .map(each -> run.path().resolve(each).resolve("step-00000012"))
            .map(each -> each.resolve("variables.data-00000-of-00001"))
            .toList();
    List<byte[]> uninterrupted = List.of(bytes(last.get(0)), bytes(last.get(1)));
    assertThat(uninterrupted.get(0)).isNotEqualTo(uninterrupted.get(1));
    Files.delete(last.get(0));
    CommandRun alone = CommandRun.of("train", "--resume=" + run.path());
    assertThat(alone.exitCode()).isEqualTo(2);
    assertThat(errors(alone))
        .containsExactly(
            "kfac: error: expected 2 workers, among whom the state of %s is divided, found 1; resume it with as many, or start a new run"
                .formatted(run.path()));
    List<CommandRun> resumed =
        onBoth(
            place ->
                Stream.concat(Stream.of("train", "--resume=" + run.path()), place.stream())
                    .toArray(String[]::new));
    assertThat(resumed).as(resumed.toString()).allMatch(each -> each.exitCode() == 0);
    assertThat(resumed.get(0).err()).contains("going on from step-00000008");
    for (int i = 0; i < last.size(); i++) {
      assertThat(bytes(last.get(i))).isEqualTo(uninterrupted.get(i));
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--optimizer=ekfac | expected an optimizer whose averages and inverses can be divided among workers, found ekfac; leave --worker-layout memory out",
        "--optimizer=sgdm | expected an optimizer whose averages and inverses can be divided among workers, found sgdm; leave --worker-layout memory out",
        "--worker-collectives=nccl | expected TensorFlow's native library for GPUs, which has NCCL, found one without"
      })
  void whatCannotBeDividedOrExchangedIsRejected(String option, String said) {
    List<CommandRun> workers =
        together("rejected", List.of("--batch=16", "--worker-layout=memory", option), List.of());

    for (CommandRun run : workers) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(errors(run)).singleElement().asString().startsWith("kfac: error: " + said);
    }
    assertThat(folder.resolve("rejected")).doesNotExist();
  }

  @Test
  void dividedStateNeedsANameByWhichAllFindTheFolder() {
    List<CommandRun> workers =
        onBoth(
            place ->
                Stream.concat(
                        Stream.of("train", "--runs=" + folder, "--worker-layout=memory"),
                        place.stream())
                    .toArray(String[]::new));

    for (CommandRun run : workers) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(errors(run))
          .singleElement()
          .asString()
          .startsWith("kfac: error: expected --name with --worker-layout memory");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--worker=0", "--workers=a:1,b:2", "--local-workers=2 --workers=a:1,b:2"})
  void halfASettingIsRejected(String given) {
    CommandRun run = CommandRun.of(arguments("half", given.split(" ")));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(errors(run)).hasSize(1);
    assertThat(errors(run).get(0)).contains("--workers");
  }

  /** Runs both workers; an option given twice counts as in {@code ofSecond}. */
  private List<CommandRun> together(String name, List<String> ofBoth, List<String> ofSecond) {
    return onBoth(
        place -> {
          List<String> options = new ArrayList<>(ofBoth);
          options.addAll(place.contains("--worker=1") ? ofSecond : List.of());
          options.addAll(place);
          return arguments(name, options.toArray(String[]::new));
        });
  }

  /** Runs a command line on both workers, made of the options that say which one it is. */
  private static List<CommandRun> onBoth(Function<List<String>, String[]> line) {
    String addresses = "--workers=" + String.join(",", addresses(2));
    List<CompletableFuture<CommandRun>> running = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String[] arguments = line.apply(List.of(addresses, "--worker=" + i));
      running.add(
          CompletableFuture.supplyAsync(
              () -> CommandRun.of(arguments), task -> new Thread(task).start()));
    }
    return running.stream().map(CompletableFuture::join).toList();
  }

  private String[] arguments(String name, String... options) {
    List<String> given = Arrays.asList(options);
    List<String> arguments = new ArrayList<>(TINY);
    arguments.removeIf(
        tiny -> given.stream().anyMatch(option -> named(option).equals(named(tiny))));
    arguments.addAll(List.of("--runs=" + folder, "--name=" + name));
    for (int i = 0; i < given.size(); i++) {
      String option = given.get(i);
      if (given.subList(i + 1, given.size()).stream()
          .noneMatch(o -> named(o).equals(named(option)))) {
        arguments.add(option);
      }
    }
    return arguments.toArray(String[]::new);
  }

  private static String named(String option) {
    return option.replaceFirst("=.*", "");
  }

  private List<MetricsRow> rows(String name) throws IOException {
    return MetricsCsv.read(folder.resolve(name).resolve("metrics.csv"));
  }

  private static List<String> errors(CommandRun run) {
    return run.err().lines().filter(line -> line.startsWith("kfac: error: ")).toList();
  }

  static List<String> addresses(int count) {
    try {
      return Cluster.localAddresses(count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
