package io.github.tfkfac.tools.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    String addresses = "--workers=" + String.join(",", addresses(2));
    List<CompletableFuture<CommandRun>> running = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<String> options = new ArrayList<>(ofBoth);
      options.addAll(i == 1 ? ofSecond : List.of());
      options.addAll(List.of(addresses, "--worker=" + i));
      running.add(
          CompletableFuture.supplyAsync(
              () -> CommandRun.of(arguments(name, options.toArray(String[]::new))),
              task -> new Thread(task).start()));
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
