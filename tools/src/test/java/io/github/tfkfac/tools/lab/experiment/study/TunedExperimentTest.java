package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.experiment.ExperimentReport;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.lab.experiment.Laboratory;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.lab.experiment.Preset;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunedExperimentTest {
  private static final Map<String, String> AUTOENCODER =
      Map.of("tasks", "autoencoder", "optimizers", "sgdm,nkfac", "data", "mnist");

  @TempDir Path folder;

  @Test
  void theBestSettingOfEachOptimizerIsTrainedWithEverySeed() throws IOException {
    FakeRuns runs = new FakeRuns(TunedExperimentTest::fake);
    String page = page(runs, 2, AUTOENCODER);

    assertThat(runs.trained()).hasSize(2 * 10 + 2 * 2);
    assertThat(runs.trained().subList(20, 24))
        .containsExactly(
            "autoencoder/sgdm seed 1",
            "autoencoder/nkfac seed 1",
            "autoencoder/sgdm seed 2",
            "autoencoder/nkfac seed 2");
    assertThat(page)
        .contains("lr 0.03, momentum 0.99")
        .contains("lr 0.003, damping 0.1")
        .contains(
            "SGD with momentum ends its 40 steps with a smallest training loss of 3.625 (mean of"
                + " the last 2000 samples, mean over the seeds): nkfac after 0.30 of SGD's"
                + " steps (2 of 2 seeds).");
    assertThat(folder.resolve("curves-autoencoder.png")).isNotEmptyFile();
  }

  @Test
  void theSettingAtTheEdgeOfTheGridIsMarked() throws IOException {
    String row =
        page(new FakeRuns(TunedExperimentTest::fake), 1, AUTOENCODER)
            .lines()
            .filter(line -> line.contains("lr 0.03, momentum 0.99"))
            .findFirst()
            .orElseThrow();
    assertThat(row).contains(">yes<");
  }

  @Test
  void classifiersAreChosenByHeldOutTrainingImages() throws IOException {
    List<PlannedRun> seen = new ArrayList<>();
    page(
        classifiers(seen), 1, Map.of("tasks", "mnist-mlp", "optimizers", "adamw", "data", "mnist"));

    assertThat(seen).hasSize(11);
    assertThat(seen.subList(0, 10))
        .allSatisfy(
            run -> {
              assertThat(run.arm().options()).containsEntry("validation-images", "2000");
              assertThat(run.seed()).isEqualTo(1001);
            });
    assertThat(seen.get(10).arm().options())
        .doesNotContainKey("validation-images")
        .containsEntry("lr", "0.03");
    assertThat(seen.get(10).seed()).isEqualTo(1);
  }

  @Test
  void aSavedModelIsTrainedFurtherInItsOwnTaskOnly() throws IOException {
    List<PlannedRun> seen = new ArrayList<>();
    page(
        classifiers(seen),
        1,
        Map.of(
            "tasks", "mnist-mlp,cifar10-finetune",
            "optimizers", "sgdm",
            "data", "folder",
            "saved-model", "model"));

    assertThat(seen).hasSize(2 * 11);
    assertThat(seen)
        .allSatisfy(
            run ->
                assertThat(run.arm().options())
                    .containsKey(
                        run.series().startsWith("cifar10-finetune") ? "saved-model" : "model")
                    .doesNotContainKey(
                        run.series().startsWith("cifar10-finetune") ? "model" : "saved-model"));
    assertThat(folder.resolve("cifar10-finetune.png")).isNotEmptyFile();
  }

  @Test
  void fineTuningWithoutAModelIsRejected() {
    Map<String, String> given = Map.of("tasks", "cifar10-finetune");
    assertThatThrownBy(
            () -> new TunedExperiment().plan(new ExperimentSettings(Preset.SMALL, 1, given)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected --saved-model");
  }

  /** Classifiers that are the better the larger their rate. */
  private static FakeRuns classifiers(List<PlannedRun> seen) {
    return new FakeRuns(
        run -> {
          seen.add(run);
          return FakeRuns.classifier(0.8 + 0.1 * rate(run), 12, 2);
        });
  }

  private String page(FakeRuns runs, int seeds, Map<String, String> given) throws IOException {
    Laboratory laboratory =
        new Laboratory(new TunedExperiment(), folder, List.of(), InstantSource.system());
    laboratory.train(new ExperimentSettings(Preset.SMALL, seeds, given), List.of(), task -> runs);
    return Files.readString(
        new ExperimentReport(new TunedExperiment(), laboratory.result()).write(folder));
  }

  private static double rate(PlannedRun run) {
    return Double.parseDouble(run.arm().options().getOrDefault("lr", "0"));
  }

  /** SGD's loss is 100/step; the larger its rate the better. NKFAC's falls faster. */
  private static FakeRuns.Fake fake(PlannedRun run) {
    boolean nkfac = "nkfac".equals(run.arm().options().get("optimizer"));
    double score =
        nkfac
            ? Math.abs(Math.log(rate(run) / 0.003))
                - Double.parseDouble(run.arm().options().getOrDefault("damping", "0"))
            : -rate(run) - Double.parseDouble(run.arm().options().getOrDefault("momentum", "0"));
    List<MetricsRow> rows = new ArrayList<>();
    for (int step = 1; step <= 40; step++) {
      // The mean of SGD's last 10 batches of 200 is that of step 35.5.
      rows.add(
          new MetricsRow(
              step,
              Map.of(
                  "loss", nkfac ? (step < 5 ? 9.0 : 2.0) : 12.5 - 0.25 * step, "seconds", 0.01)));
    }
    return new FakeRuns.Fake(
        Map.of("train_loss", 10 + score, "train_error", 3.0, "test_error", 4.0, "steps", 40),
        rows,
        List.of());
  }
}
