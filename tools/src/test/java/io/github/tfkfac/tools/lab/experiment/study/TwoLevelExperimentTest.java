package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoLevelExperimentTest {
  @TempDir Path folder;

  @Test
  void oneAndTwoLevelsAreComparedSeedBySeed() throws IOException {
    String page =
        Reports.page(
            new TwoLevelExperiment(),
            folder,
            3,
            new FakeRuns(run -> run(run, run.seed() + 0.001 * run.seed())),
            Map.of());

    assertThat(page)
        .contains("two-level less one-level K-FAC with the same seed: -0.500000 ± 0.000000")
        .contains("3 seeds); the interval lies below 0")
        .contains("The share of the coarse term in the update was not measured");
    assertThat(folder.resolve("curves-planted-mlp.png")).isNotEmptyFile();
  }

  @Test
  void aDifferenceWithinItsIntervalIsNone() throws IOException {
    String page =
        Reports.page(
            new TwoLevelExperiment(),
            folder,
            3,
            new FakeRuns(
                run ->
                    run(run, run.arm().label().equals("kfac") ? 1 + 0.6 * (run.seed() - 2) : 1.4)),
            Map.of());

    assertThat(page).contains("the interval contains 0: these runs do not tell the two apart");
  }

  private static FakeRuns.Fake run(PlannedRun run, double loss) {
    double last = run.arm().label().equals("two-level") ? loss - 0.5 : loss;
    Map<String, Double> epoch = new LinkedHashMap<>();
    epoch.put("epoch", 1.0);
    epoch.put("train_loss", last);
    epoch.put("test_loss", last);
    epoch.put("train_accuracy", 0.9);
    epoch.put("test_accuracy", 0.9);
    epoch.put("epoch_seconds", 1.0);
    Map<String, Object> result = new LinkedHashMap<>(epoch);
    result.put("least_squares_loss", 0.1);
    return new FakeRuns.Fake(result, List.of(new MetricsRow(10, epoch)), List.of());
  }
}
