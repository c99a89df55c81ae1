package io.github.tfkfac.tools.lab.experiment.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.lab.experiment.Series.Task;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegressionExecutorTest {
  private static final Map<String, String> TINY =
      Map.of(
          "layers", "2",
          "width", "10",
          "train-images", "100",
          "test-images", "20",
          "epochs", "2",
          "batch", "30",
          "lr", "0.01",
          "schedule", "constant");

  @TempDir Path folder;
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private final StopSignal stop = new StopSignal();
  private final RegressionExecutor executor =
      new RegressionExecutor(2, List.of("word"), notes::add, stop);

  @Test
  void runsSideBySideGiveWhatEachGivesAlone() throws IOException {
    List<PlannedRun> runs = List.of(run("sgdm", 1), run("nkfac", 1), run("sgdm", 2));
    assertThat(executor.train(runs, folder)).isTrue();
    new RegressionExecutor(1, List.of(), notes::add, stop)
        .train(List.of(run("nkfac", 1)), folder.resolve("alone"));

    List<MetricsRow> rows = rows(folder, run("nkfac", 1));
    assertThat(rows).hasSize(2 * 4 + 2);
    assertThat(losses(rows)).isEqualTo(losses(rows(folder.resolve("alone"), run("nkfac", 1))));
    assertThat(losses(rows)).isNotEqualTo(losses(rows(folder, run("sgdm", 1))));
    RunRecord record = RunRecord.read(new RunFolder(run("sgdm", 2).folder(folder)));
    assertThat(record.options())
        .containsEntry("model", "deep-linear2")
        .containsEntry("optimizer", "sgdm")
        .containsEntry("threads", "1");
    assertThat(record.data().get("train")).isEqualTo("100 planted samples of 10 inputs, seed 2");
    assertThat(record.result()).containsKeys("train_loss", "least_squares_loss", "wall_seconds");
    assertThat((double) record.result().get("train_loss"))
        .isGreaterThan((double) record.result().get("least_squares_loss"));
  }

  @Test
  void theCoarseTermsShareIsTheMeanOfAnEpochsSteps() throws IOException {
    PlannedRun twoLevel = run(Map.of("fisher", "exact", "stat-period", "1"), "two-level", 1);
    executor.train(List.of(twoLevel, run("sgdm", 1)), folder);

    assertThat(rows(folder, twoLevel).get(9).values().get("coarse_share")).isBetween(1e-6, 10.0);
    assertThat(rows(folder, run("sgdm", 1)).get(9).values()).doesNotContainKey("coarse_share");
  }

  @Test
  void anAutoencoderLearnsItsImages() throws IOException {
    Map<String, String> options =
        new LinkedHashMap<>(
            Map.of("dataset", "generated", "image-size", "8", "train-images", "60"));
    options.putAll(Map.of("test-images", "20", "epochs", "30", "batch", "20", "units", "12-4"));
    options.putAll(Map.of("optimizer", "nkfac", "lr", "0.05", "schedule", "constant"));
    PlannedRun run = new PlannedRun("ae", Task.REGRESSION, new Arm("nkfac", options), 1);
    assertThat(executor.train(List.of(run), folder)).isTrue();

    RunRecord record = RunRecord.read(new RunFolder(run.folder(folder)));
    assertThat(record.options())
        .containsEntry("model", "autoencoder-12-4")
        .containsEntry("units", "12-4");
    assertThat(record.data().get("train")).isEqualTo("60 generated samples of 192 inputs, seed 1");
    List<MetricsRow> rows = rows(folder, run);
    assertThat(rows).hasSize(30 * 3 + 30);
    double first = rows.get(3).values().getOrDefault("train_error", 0.0);
    assertThat((double) record.result().get("train_error")).isBetween(1e-6, 0.9 * first);
  }

  @Test
  void finishedRunsAreLeftAloneAndOtherOptionsRejected() throws IOException {
    executor.train(List.of(run("sgdm", 1)), folder);
    notes.clear();

    assertThat(executor.train(List.of(run("sgdm", 1)), folder)).isTrue();

    assertThat(notes).containsExactly("planted/sgdm seed 1: finished before");
    PlannedRun longer = run(Map.of("epochs", "3"), "sgdm", 1);
    assertThatThrownBy(() -> executor.train(List.of(longer), folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("epochs = 3 where it has 2");
  }

  @Test
  void aStoppedRunIsBegunAgain() throws IOException {
    stop.request();
    assertThat(executor.train(List.of(run("sgdm", 1)), folder)).isFalse();
    assertThat(notes).isEmpty();
    RunFolder interrupted = RunFolder.create(run("sgdm", 1).folder(folder));
    MetricsCsv.create(interrupted.metrics(), List.of("loss")).close();

    RegressionExecutor second = new RegressionExecutor(1, List.of(), notes::add, new StopSignal());
    assertThat(second.train(List.of(run("sgdm", 1)), folder)).isTrue();

    assertThat(rows(folder, run("sgdm", 1))).hasSize(10);
  }

  @Test
  void aLossThatIsNotFiniteIsADivergence() throws IOException {
    executor.train(List.of(run(Map.of("lr", "1e30"), "sgdm", 1)), folder);

    assertThat(RunRecord.read(new RunFolder(run("sgdm", 1).folder(folder))).result())
        .containsKey("diverged");
  }

  private static List<Double> losses(List<MetricsRow> rows) {
    return rows.stream().map(row -> row.values().getOrDefault("loss", 0.0)).toList();
  }

  private static List<MetricsRow> rows(Path folder, PlannedRun run) throws IOException {
    return MetricsCsv.read(new RunFolder(run.folder(folder)).metrics());
  }

  private static PlannedRun run(String optimizer, long seed) {
    return run(Map.of(), optimizer, seed);
  }

  private static PlannedRun run(Map<String, String> changes, String optimizer, long seed) {
    Map<String, String> options = new LinkedHashMap<>(TINY);
    options.put("optimizer", optimizer);
    options.putAll(changes);
    return new PlannedRun("planted", Task.REGRESSION, new Arm(optimizer, options), seed);
  }
}
